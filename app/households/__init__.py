"""Households: a label at a door, and how it changed."""
