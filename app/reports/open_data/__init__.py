"""What leaves by a token: the rounded totals of closed reports, by commune and period."""
