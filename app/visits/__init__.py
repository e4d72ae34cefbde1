"""Visits: one call at one household by one volunteer, and the promises made there."""
