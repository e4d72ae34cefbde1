"""The handbooks: Markdown of the project (`texts/`), between its paragraphs pictures of the build."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from app.commune.guides.rendering import render
from app.web.rendering import ROOT, asset

TEXTS = Path(__file__).parent / "texts"
HANDBOOKS = ("officer", "member", "training")  # in this order
# A line of its own; the address leads to the file in the project, for whoever reads the text there.
_PICTURE = re.compile(r"!\[([^\]\n]+)\]\([./]*/static/handbook/([a-z-]+\.webp)\)")
# Those of the phone have two pixels for each of CSS.
_DENSITY = {"desk": 1, "phone": 2}


@dataclass(frozen=True)
class Picture:
    """What an `<img>` has; width and height in CSS pixels, known before it is loaded."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Part:
    """A piece of a handbook as HTML that holds nothing else than text and lists, or pictures in a row."""

    content: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Handbook:
    """The title of a text and its parts in order."""

    title: str
    parts: tuple[Part, ...]


@cache
def load_handbook(name: str) -> Handbook:
    """One of `HANDBOOKS`."""
    title, _line, body = (TEXTS / f"{name}.md").read_text("utf-8").partition("\n")
    return Handbook(title.removeprefix("# "), tuple(_parts(body)))


def _parts(body: str) -> Iterator[Part]:
    blocks = body.split("\n\n")
    for is_picture, group in groupby(blocks, lambda block: block.startswith("![")):
        if is_picture:
            yield Part("", tuple(_picture(line) for block in group for line in block.strip().splitlines()))
        else:
            yield Part(render("\n\n".join(group)), ())


def _picture(line: str) -> Picture:
    """Raises `ValueError` for a line that is no picture of static/handbook with a text."""
    if (found := _PICTURE.fullmatch(line)) is None:
        raise ValueError(line)
    alt, name = found.groups()
    src = asset(f"handbook/{name}")
    width, height = _size((ROOT / src.lstrip("/")).read_bytes())
    density = _DENSITY[name.partition("-")[0]]
    return Picture(src, alt, width // density, height // density)


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a lossless WebP: 14 bits each behind its signature (RFC 9649, 3.4).

    Raises `ValueError` for another file."""
    if content[12:16] != b"VP8L":
        raise ValueError(content[:16])
    bits = int.from_bytes(content[21:25], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
