"""Remarks: what supervisors and leaders write about a period, for its report."""
