"""What shows that the desk log was not changed afterwards."""
