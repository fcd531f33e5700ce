"""The steps of the schema, from the first released one on; a released step never changes."""
