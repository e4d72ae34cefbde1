"""One person's day as it went: what was recorded when, beside whom, and what the rules say of it."""
