"""Closed periods: their snapshots, and which visits belong to them; `app.reports.closing` closes them."""
