"""The exchange between a phone and the server: push once, pull what changed."""
