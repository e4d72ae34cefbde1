"""Backup files: what a phone could not send, copied into a file that only its commune's server can read."""
