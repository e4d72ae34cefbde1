"""What an operator does to keep an instance safe: back up, restore, check, and purge expired data."""
