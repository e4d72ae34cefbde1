"""Three browser engines with one interface: start, kill, click, type, and read the page."""
