"""Fixture: a parsed list of given rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.intake.household_import.files import csv_file
from tests.intake.household_import.import_runs import HEADER


@pytest.fixture
def a_list(tmp_path: Path) -> Any:
    """Makes a list with `HEADER` and these rows."""

    def make(*rows: Sequence[object]) -> ParsedList:
        return parse(read(csv_file(tmp_path / "a.csv", [HEADER, *rows])))

    return make
