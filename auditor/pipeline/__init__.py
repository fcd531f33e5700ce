"""Take every call of a run through all stages; one bad call costs only itself."""
