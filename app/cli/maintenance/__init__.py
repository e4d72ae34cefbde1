"""The commands of backups, the id key, `restore` and `check` (docs/operate.md)."""
