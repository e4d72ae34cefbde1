"""What a list says: its homes, the rows that are refused, and what was left out."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Home:
    """A household as the list has it; `hamlet` is its name as the list has it.

    `row` counts from 1, as the clerk's program does. `telling` is what tells it from a namesake: hashes of
    values that are dropped, by column. `hamlet_of_sheet`: only the sheet's name says so, without a *Thôn*.
    """

    sheet: str
    row: int
    head_name: str
    house_no: str
    alley: str
    hamlet: str
    telling: tuple[tuple[int, int], ...] = ()
    hamlet_of_sheet: bool = False


@dataclass(frozen=True)
class Refusal:
    """A row (0: the whole sheet) that is not taken over, and the sentence that says why and what to do.

    The sentence holds no name: the report must not become another list of people.
    """

    sheet: str
    row: int
    sentence: str


@dataclass
class Understood:
    """What a list says. `dropped` counts values by heading; `skipped` counts rows by what they are."""

    homes: list[Home] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)  # every sheet's name, in the file's order
    capitals: int = 0  # names that were in capitals
    bare_names: int = 0  # names that had numbering, quotes or a title before them
    unseen: bool = False  # the format hides from us what is hidden or struck out
