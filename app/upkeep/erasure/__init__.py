"""Erasing a household's data on request: `locations` is the register of where they are."""
