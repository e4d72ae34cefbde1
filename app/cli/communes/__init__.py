"""The commands of communes on this instance: their addresses, and moving them to another one."""
