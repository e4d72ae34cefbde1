"""Visits as supervisors list and open them: filters, flags, samples."""
