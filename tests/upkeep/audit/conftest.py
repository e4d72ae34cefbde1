"""The instance of the tests of backups and restores."""

from tests.upkeep.maintenance.conftest import instance, lan, nam

__all__ = ["instance", "lan", "nam"]
