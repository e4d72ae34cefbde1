"""What is stored for a limited time: purged every day, by the terms of the columns."""
