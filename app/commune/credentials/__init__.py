"""How supervisors and operators get in: passwords, one-time links, own sessions, who may begin a commune."""
