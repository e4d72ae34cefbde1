"""What follows from visits: totals, days of households, flags, needs. `update` writes all of it."""
