"""Kinds of days of members, honest and invented, sent as phones send them: which are flagged."""
