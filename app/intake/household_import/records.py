"""What a parsed list consists of: its households, the rows that are rejected, and counts of the rest."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListedHousehold:
    """A row of the list that is a household; `hamlet` is the hamlet's name as the list writes it.

    `row` counts from 1, as spreadsheet programs do. `identity_hashes`, by column, distinguish heads of the
    same name: they are hashes of values that are dropped. `hamlet_from_sheet_name`: nothing but the sheet's
    name names the hamlet, and without a word like *Thôn*. `remark`: what a column of remarks says and
    nobody understands; it may be that the household moved away. `above`: the parts of its address that name
    a commune or a unit above it.
    """

    sheet: str
    row: int
    head_name: str
    house_no: str
    alley: str
    hamlet: str
    identity_hashes: tuple[tuple[int, int], ...] = ()
    hamlet_from_sheet_name: bool = False
    remark: str = ""
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class RejectedRow:
    """A row (0: the whole sheet) that is not imported, and the sentence that says why and what to do.

    The sentence holds no name: the report must not become another list of people.
    """

    sheet: str
    row: int
    sentence: str


@dataclass
class ParsedList:
    """All sheets of a file. `dropped_values` are counted by heading, `skipped_rows` by kind of row.

    `understood`: the headings whose columns are stored, by the role of the column.
    """

    households: list[ListedHousehold] = field(default_factory=list)
    rejected_rows: list[RejectedRow] = field(default_factory=list)
    dropped_values: dict[str, int] = field(default_factory=dict)
    skipped_rows: dict[str, int] = field(default_factory=dict)
    understood: dict[str, list[str]] = field(default_factory=dict)
    hidden_sheets: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)  # the names of all sheets, in the file's order
    capitalized_names: int = 0  # names that were written in capitals
    cleaned_names: int = 0  # names from which numbering, quotes or a title were removed
    formatting_unknown: bool = False  # nobody can tell which rows of the file are hidden or struck out
