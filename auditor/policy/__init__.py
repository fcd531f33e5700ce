"""The policy: clauses, lexicons, signals and rules read from YAML into frozen values."""
