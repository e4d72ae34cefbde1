"""Export files: what a phone could not send, in a file that only its commune's server can read."""
