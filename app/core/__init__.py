"""Settings, database, clock, text, errors: used by every other package, and importing none of them."""
