"""Three browser engines behind one small door: a process that can be killed, a hand and an eye."""
