"""The papers as the project has written them: the files of `texts/`."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from app.core.law.facts import facts

FOLDER = Path(__file__).parent / "texts"
_FACT = re.compile(r"\{fact ([a-z_0-9]+)\}")


@dataclass(frozen=True)
class Paper:
    """A paper. `audience`: who writes it. `kind` and `title` stand at its top, `number` behind the number of
    a letter (empty: it has no letter's head). `size`: of its letters, in points. `sources`: how it lists the
    acts of law that it names. `use`: when it is needed. `body`: Markdown with `{names}` to fill in.
    """

    code: str
    position: int
    audience: Literal["commune", "operator"]
    kind: str
    title: str
    number: str
    size: float
    sources: Literal["table", "line"]
    use: str
    body: str

    @property
    def file_name(self) -> str:
        """*giay-to-rights.docx*."""
        return f"giay-to-{self.code}.docx"


@cache
def papers() -> dict[str, Paper]:
    """Those of a commune by code, the most needed first."""
    return {code: paper for code, paper in all_papers().items() if paper.audience == "commune"}


@cache
def all_papers() -> dict[str, Paper]:
    """All by code, those of a commune first."""
    found = sorted((_read(path) for path in FOLDER.glob("*.md")), key=lambda paper: paper.position)
    return {paper.code: paper for paper in found}


@cache
def first_check() -> date:
    """Of the facts that papers cite, the day on which the one was checked that nobody has looked at for
    longest."""
    texts = [*FOLDER.glob("*.md"), FOLDER.parent / "phrases.toml"]
    cited = {code for path in texts for code in _FACT.findall(path.read_text(encoding="utf-8"))}
    return min(facts()[code].checked for code in cited)


def _read(path: Path) -> Paper:
    """A file: lines `name: value`, an empty line, then the body."""
    head, body = path.read_text(encoding="utf-8").split("\n\n", 1)
    values = dict(line.split(": ", 1) for line in head.splitlines())
    return Paper(
        code=path.stem,
        position=int(values["position"]),
        audience="operator" if values.get("audience") == "operator" else "commune",
        kind=values["kind"],
        title=values["title"],
        number=values.get("number", ""),
        size=float(values.get("size", "13")),
        sources="line" if values.get("sources") == "line" else "table",
        use=values["use"],
        body=body.strip(),
    )
