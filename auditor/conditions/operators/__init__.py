"""Condition kinds, one module each; the module names its keys and reads itself from YAML.

A condition may say of itself what it cannot hold without: words (``sought``) or other conditions
(``rests_on``, see ``auditor.conditions.seeking``). It is then left out of calls that lack them; one
that says nothing is asked in every call. Parts are asked through ``Scene.answer``.
"""
