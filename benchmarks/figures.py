"""A figure: what was measured, against its budget, its goal and a limit measured in the same run."""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ENOUGH = 60  # samples for a p95, which is not to be the slowest one


@dataclass(frozen=True)
class Figure:
    """One row. `value`, `budget`, `goal` and `limit` are in `unit`; `limit_is` says what the limit measured.

    Budgets are upper bounds, or lower ones if `more_is_better`. `detail` is free text with further figures,
    `data` what pages need of them.
    """

    what: str
    value: float
    unit: str
    budget: float | None = None
    goal: float | None = None
    limit: float | None = None
    limit_is: str = ""
    more_is_better: bool = False
    detail: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Value through limit, or for speeds limit through value: 1 is the best possible."""
        if not self.limit or not self.value:
            return None
        return self.limit / self.value if self.more_is_better else self.value / self.limit

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.budget is None:
            return None
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget


def amount(value: float | None, unit: str) -> str:
    """A value with its unit, to three significant digits or so."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(milliseconds: Sequence[float]) -> str:
    """*of 250: p50 12, p95 40 ms*; a percentile only if `ENOUGH` were measured to know it."""
    shares = [
        share for share, least in ((0.5, 1), (0.95, ENOUGH), (0.99, 5 * ENOUGH)) if len(milliseconds) >= least
    ]
    parts = [f"p{round(share * 100)} {percentile(milliseconds, share):.0f}" for share in shares]
    return f"of {len(milliseconds):,}: {', '.join(parts)} ms"


def main(
    measure: Callable[..., list[Figure]], options: Callable[[argparse.ArgumentParser], None] | None = None
) -> None:
    """Run a benchmark as a program: its options are the keyword arguments of `measure`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="tiny numbers: does it still run?")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    if options:
        options(parser)
    arguments: dict[str, Any] = vars(parser.parse_args())
    target = arguments.pop("json")
    load = os.getloadavg()[0]
    figures = measure(**arguments)
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    for figure in figures:
        print(_line(figure))
    if target:
        target.write_text(json.dumps({"figures": [asdict(figure) for figure in figures]}))


def _line(figure: Figure) -> str:
    parts = [f"{figure.what}: {amount(figure.value, figure.unit)}"]
    if figure.budget is not None:
        verdict = "kept" if figure.within else "MISSED"
        parts.append(f"budget {amount(figure.budget, figure.unit)} {verdict}")
    if figure.ratio is not None:
        parts.append(f"{figure.ratio:.1f} × {figure.limit_is} ({amount(figure.limit, figure.unit)})")
    return " · ".join([*parts, figure.detail] if figure.detail else parts)
