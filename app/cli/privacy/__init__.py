"""The commands of personal data: what is purged after its time."""
