"""The commune's teams as supervisors arrange them: their members, and the hamlets they are in charge of."""
