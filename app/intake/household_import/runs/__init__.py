"""Imports at the desk: a file is read by a worker process, looked at, confirmed, and can be undone."""
