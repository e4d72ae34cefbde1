"""Visits: one call at one household by one volunteer; and the follow-ups agreed there."""
