"""Fixtures of the languages' tests."""

from tests.web.conftest import production

__all__ = ["production"]
