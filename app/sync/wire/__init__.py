"""The shapes of the exchange with phones: requests, answers, rows, and how older ones are read."""
