"""Inviting many people from a list: cells → people → those who can be invited, and why the others cannot."""
