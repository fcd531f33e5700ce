"""Synthetic speech: voices, telephone lines, and the training of the demo recogniser."""
