"""Numbers of telephones and of identity cards."""
