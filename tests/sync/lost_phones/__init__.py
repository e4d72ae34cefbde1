"""Tests of lost phones."""
