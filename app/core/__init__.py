"""What everything else stands on: settings, database, clock, text, errors. Imports nothing above."""
