"""Remarks: what supervisors write about a period, for its report."""
