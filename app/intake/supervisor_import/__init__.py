"""Beginning many communes from a list of their first supervisors: a file → rows, each checked."""
