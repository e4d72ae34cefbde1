"""Nightly backups: encrypted, written to another place, restored once before they count, kept for 30 days."""
