"""Measure findings against labelled calls, and tell what the labelled calls are made of."""
