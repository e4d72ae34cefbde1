"""The facts in `facts.toml`: each with its act, article, and the day on which it was checked."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

STALE_AFTER = timedelta(days=90)
_FILE = Path(__file__).parent / "facts.toml"


@dataclass(frozen=True)
class Act:
    """An act of law or a standard, or, where `is_law` is false, a warning, handbook or plan, which has no day
    of entry into force. `in_force`: since when; None where that was not found."""

    name: str
    in_force: date | None = None
    is_law: bool = True


@dataclass(frozen=True)
class Fact:
    """What an article says, in a few words. `checked`: the day on which it was read; `source`: *G* in the
    gazette, *P* in the press, *S* in other secondary sources; `seen`: in which. `article`: empty where only
    the act is known. `applies_from`: None if the act itself says it."""

    code: str
    act: Act
    says: str
    checked: date
    source: Literal["G", "P", "S"]
    seen: str = ""
    article: str = ""
    applies_from: date | None = None

    @property
    def citation(self) -> str:
        """*Điều 5 Nghị định 356/2025/NĐ-CP*."""
        return f"{self.article} {self.act.name}".strip()

    @property
    def in_force(self) -> date | None:
        """Since when it holds; None where that was not found."""
        return self.applies_from or self.act.in_force


@cache
def facts() -> dict[str, Fact]:
    """All facts by code, in the order of the file."""
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    of_code = {code: Act(**act) for code, act in content["acts"].items()}
    return {
        code: Fact(code=code, **(values | {"act": of_code[values["act"]]}))
        for code, values in content["facts"].items()
    }


def stale_facts(today: date) -> list[Fact]:
    """Those that were checked more than 90 days before this day."""
    return [fact for fact in facts().values() if today - fact.checked > STALE_AFTER]
