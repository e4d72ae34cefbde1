"""Household lists as communes keep them: read, understood, compared with what is known, taken over."""
