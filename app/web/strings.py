"""`_()` for the desk's strings: the one of `app/core/strings.py`."""

from app.core.strings import _

__all__ = ["_"]
