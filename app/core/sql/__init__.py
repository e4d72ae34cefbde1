"""How statements are compiled and sent: the engine, statements compiled once, hints for SQLite's planner."""
