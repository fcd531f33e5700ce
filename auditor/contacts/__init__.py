"""Checks across calls: hours, counts, refusals and promises, from times and what was heard."""
