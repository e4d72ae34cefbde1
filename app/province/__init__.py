"""What a province sees of its communes: signs of their work, and what they have closed or shared."""
