"""Condition kinds, one module each; the module names its keys and reads itself from YAML."""
