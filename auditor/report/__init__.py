"""What people and programs read after a run: JSON lines, CSV, Excel, one HTML page, data frames."""
