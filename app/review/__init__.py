"""The supervisors' work: lists, decisions, households as the desk uses them, duplicates, settings."""
