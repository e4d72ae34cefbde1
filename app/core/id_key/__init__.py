"""The instance's id key, and what is derived from it: ids, salts, and the encryption of other secrets."""
