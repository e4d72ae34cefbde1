"""Reports: one table for a period, and the forms that it takes."""
