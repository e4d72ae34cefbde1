"""Requests of citizens about their data, each with its clock (docs/decisions/0148)."""
