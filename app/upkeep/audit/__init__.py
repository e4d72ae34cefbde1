"""Finding what was changed in the desk log, and in what it tells of."""
