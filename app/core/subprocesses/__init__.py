"""Processes of their own for work that may take any memory and time."""
