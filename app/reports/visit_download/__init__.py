"""The visits of a filtered list as a file, written by a process of its own."""
