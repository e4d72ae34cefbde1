"""A commune's plans: the papers with a number under which its teams go from house to house for a time."""
