"""Points of calls and scorecards of agents, with the intervals that belong to them."""
