"""The records that a figure of a report counts, read from the records themselves and not from totals."""
