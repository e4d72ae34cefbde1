"""The kinds of help that a commune offers."""
