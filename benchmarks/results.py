"""The figures of one run: what `benchmarks/all.py` has measured at one commit, on an idle machine.

They are stored in `results.json` alone; RESULTS.md, docs/scale.md and docs/deploy.md are written from it
(docs/decisions/0212-one-run-is-every-figure.md).
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.figures import Figure

FILE = Path(__file__).with_name("results.json")
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True)
class Run:
    """Figures by the benchmark that measured them; at which commit, on which day and machine."""

    commit: str
    day: str
    machine: str
    figures: dict[str, list[Figure]] = field(default_factory=dict)

    def find(self, benchmark: str, part: str) -> Figure:
        """The figure that `part` of its name tells from the others of that benchmark."""
        (found,) = (figure for figure in self.figures[benchmark] if part in figure.what)
        return found


def stored(file: Path = FILE) -> Run:
    """The last run, as far as it has come."""
    content = json.loads(file.read_text("utf-8"))
    figures = {name: [Figure(**one) for one in found] for name, found in content.pop("figures").items()}
    return Run(**content, figures=figures)


def store(run: Run, file: Path = FILE) -> None:
    """Keep this run in place of the one before."""
    file.write_text(json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n", "utf-8")


def between_marks(page: str, lines: list[str]) -> str:
    """The page with these lines between its marks."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return "\n".join([before + BEGIN, *lines, END + after])


def table(head: tuple[str, ...], rows: list[str]) -> list[str]:
    """A table in Markdown; the cells of a row have ` | ` between them."""
    return [f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *(f"| {row} |" for row in rows)]
