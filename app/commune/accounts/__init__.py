"""People and their phones: accounts, teams, invites, devices, sessions, and what each may see."""
