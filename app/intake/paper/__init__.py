"""Visits on paper: what a supervisor enters for a member whose phone broke."""
