"""Reasons why a hit does not count, one module each."""
