"""The files that a report's table is written to: CSV, Excel and Word."""
