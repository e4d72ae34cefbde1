"""The six figures and three charts a report opens with, as numbers and words; page and Word draw them."""
