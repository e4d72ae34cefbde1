"""Middleware: what runs before and after every route."""
