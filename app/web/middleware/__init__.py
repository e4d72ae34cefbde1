"""What runs before and after every route, and what bounds its connection."""
