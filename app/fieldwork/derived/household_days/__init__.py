"""Distinct households of a period: the days on which each was visited, and how many were."""
