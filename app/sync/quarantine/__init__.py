"""The quarantine: operations that are stored and not counted, and what is decided about them."""
