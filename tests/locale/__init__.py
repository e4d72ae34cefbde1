"""Tests of the catalog of texts and of the languages."""
