"""Needs: what a household asked for and did not get yet, derived from its visits."""
