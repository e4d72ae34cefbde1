"""Names that somebody types: of a person, a team, a hamlet, a service."""

from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import nfc

MAX_NAME = 80


def name_problem(name: str, missing: str) -> str:
    """The sentence for a name that cannot be stored, or nothing; `missing`: for an empty one."""
    try:
        text = nfc(name)
    except TextRefused:
        return _("Tên có ký tự không dùng được. Hãy gõ lại.")
    if not text:
        return missing
    if len(text) > MAX_NAME or "\n" in text:
        return _("Viết tên trên một dòng, nhiều nhất 80 ký tự.")
    return ""
