"""What a period's report says of the spot checks of its months."""
