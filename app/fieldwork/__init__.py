"""What people did: households, visits, outreach sessions, remarks, and what follows from them."""
