"""Tools for those who write rules: what of a rule its examples need, and what fools it."""
