"""The handbooks, which the desk shows and the members' one also without an account."""
