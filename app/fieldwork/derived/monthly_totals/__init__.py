"""Totals of calendar months beside those of days: a report of a year reads a thirtieth of the rows."""
