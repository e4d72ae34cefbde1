"""Keeping a server: backup, restore, check, retention, the schema, the demo commune."""
