"""Numbers as they are typed into the forms of the settings."""

from collections.abc import Mapping

from app.core.strings import _
from app.web.rendering import number

MAX_TYPED = 12


def parse_number(text: str) -> int | None:
    """The number, None for anything else."""
    digits = text.strip()
    return int(digits) if len(digits) <= MAX_TYPED and digits.isascii() and digits.isdigit() else None


def bounds_problem(name: str, bounds: Mapping[str, tuple[int, int]]) -> str:
    """*Ghi một số từ 1 đến 28.*"""
    least, most = bounds[name]
    return _("Ghi một số từ %(least)s đến %(most)s.", least=number(least), most=number(most))
