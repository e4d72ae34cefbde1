"""Households: their labels and states, and the versions of these."""
