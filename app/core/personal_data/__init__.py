"""What is stored about whom, in each column of each table, and for how long."""
