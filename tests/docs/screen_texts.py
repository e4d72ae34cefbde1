"""What screens say, and which of it a Vietnamese text names: its words in italics."""

import re

from babel.messages.pofile import read_po

from tests.docs.sources import ROOT

_NAME = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


def screen_texts() -> set[str]:
    """What any screen says, in Vietnamese."""
    path = ROOT / "app" / "core" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(file)}


def names_in_italics(text: str) -> list[str]:
    """The words in italics, also over the end of a line."""
    plain = re.sub(r"```.*?```|`[^`]*`|\*\*", "", text, flags=re.DOTALL)
    return [" ".join(name.split()) for name in _NAME.findall(plain)]
