"""What phones ask for: their page, signing in, the exchange."""
