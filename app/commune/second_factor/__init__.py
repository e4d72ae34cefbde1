"""The second factor of those who sign in with a name and a password, and their recovery codes."""
