"""Calls done by the machines of a Ray cluster, the optional engine."""
