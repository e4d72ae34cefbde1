"""What is filled in for the `{names}` of a paper: values, articles of law, tables.

- `{households}`: a value, as it is; one that is not known becomes a dotted line, to be filled in by hand;
- `{fact rights_terms}`: act and article of a fact of law, which is then listed at the end;
- `{table rights}`, `{sign A | B}` and `{chairman}`, alone in a paragraph: a table, places for signatures,
  and that of the commune's chairman with who receives the paper.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.law.facts import Fact, facts

DOTS = "…" * 12
_NAME = re.compile(r"\{([a-z_0-9]+)(?: ([a-z_0-9]+))?\}")
_BLOCK = re.compile(r"\{(table|sign|chairman)(?: ([^{}]+))?\}")

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Block:
    """A paragraph that is a table (`names`: its code), places for signatures (`names`: whose), or that of the
    chairman."""

    kind: str
    names: tuple[str, ...]


@dataclass
class Filling:
    """`values`: by name, empty for what is not known; `phrases`: the project's own words, in which names are
    filled in too; `tables`: rows of cells by code, the first their headings. `cited`: the facts of law that
    were named so far."""

    values: Mapping[str, str]
    phrases: Mapping[str, str]
    tables: Mapping[str, Table]
    cited: dict[str, Fact] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """The text with everything filled in. Raises `KeyError` for a name that there is not."""
        return _NAME.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        name, fact = match.groups()
        if name in self.phrases:
            return self.fill(self.phrases[name])
        if name != "fact":
            return self.values[name] or DOTS
        self.cited[fact] = facts()[fact]
        return self.cited[fact].citation


def find_block(text: str) -> Block | None:
    """The block that a paragraph is, or None for one of text."""
    match = _BLOCK.fullmatch(text.strip())
    return Block(match[1], tuple(name.strip() for name in (match[2] or "").split("|"))) if match else None
