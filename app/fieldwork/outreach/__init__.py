"""Outreach sessions: meetings at which a team shows services to many people at once."""
