"""*Hậu kiểm*: some of the households that were met in a month are visited again, to see whether the records
are true."""
