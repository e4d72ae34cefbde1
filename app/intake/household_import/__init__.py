"""Importing a commune's household list: read the file, parse it, compare it with the database, add to it."""
