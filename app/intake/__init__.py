"""What comes in otherwise than from phones: lists of households and of people, visits on paper."""
