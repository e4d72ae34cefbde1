"""The sentences of a report: what its figures say, and what a supervisor has made of them."""
