"""The tables of docs/mutants.md: for each bug the test that saw it, before the tests changed and after."""

from collections.abc import Mapping

from tests.mutants.copies import ROOT

PAGE = ROOT / "docs" / "mutants.md"
COLUMNS = ("before", "after")
PLANTED, SEEDED = "Planted here", "Seeded elsewhere"


def write(section: str, places: Mapping[str, str], column: str, found: Mapping[str, str]) -> None:
    """Write the rows of a section: all bugs with their `places`, and in a column what `found` says of some.
    Other cells stay."""
    text = PAGE.read_text("utf-8")
    head, title, rest = text.partition(f"\n## {section}\n")
    before, table, after = _split(rest.splitlines(keepends=True))
    known = {cells[0]: cells[1:] for cells in map(_cells, table[2:])}
    rows = list(table[:2])
    for bug, place in places.items():
        name = f"{bug} · `{place}`" if place else bug
        cells = dict(zip(COLUMNS, known.get(name, ["", ""]), strict=True))
        if bug in found:
            cells[column] = _shown(found[bug])
        rows.append(f"| {name} | {' | '.join(cells.values())} |\n")
    PAGE.write_text("".join((head, title, *before, *rows, *after)), "utf-8")


def _split(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What is before the section's table, its lines, and what is after it."""
    first = next(place for place, line in enumerate(lines) if line.startswith("|"))
    end = next((n for n in range(first, len(lines)) if not lines[n].startswith("|")), len(lines))
    return lines[:first], lines[first:end], lines[end:]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.replace("\\|", "\0").strip().strip("|").split("|")]


def _shown(test: str) -> str:
    """A test's id without the folder of all, and as text where it is none."""
    path = test.removeprefix("tests/").replace("|", "¦")
    return f"`{path}`" if "::" in test else path
