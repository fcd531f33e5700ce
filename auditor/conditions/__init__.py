"""Condition kinds: what a rule can look for in a call, and the three-valued answers they give.

A condition is parsed from a rule file once, by the operator module its key names, and then
answers *hit*, *miss* or *undetermined* with the characters it rests on. Adding a kind is adding
one module under ``operators``.
"""
