"""Periods of reports, and the days on which people work."""
