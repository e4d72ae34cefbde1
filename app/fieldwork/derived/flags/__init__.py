"""Flags: rules that find the few visits that a supervisor should look at (product.md §4)."""
