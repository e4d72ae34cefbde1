"""What happened to a visit, one after the other."""
