"""Reviews: what the supervisor decides about visits."""
