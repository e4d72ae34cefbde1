"""Keeping: what an operator does so that nothing is lost: back up, restore, check."""
