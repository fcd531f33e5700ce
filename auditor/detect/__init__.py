"""Hold a policy against a transcript: who is on the line, which rules fail, and why."""
