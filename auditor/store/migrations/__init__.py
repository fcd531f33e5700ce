"""What Alembic needs to bring a database from one schema to the next."""
