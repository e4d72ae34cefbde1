"""The commune's register of households as supervisors use it: the list, one household, and changes."""
