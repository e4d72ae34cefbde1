"""What acts of law say that the app prints or counts by, each written once."""
