"""What is there before anybody walks: hamlets, services, guides, the calendar, people and their teams."""
