"""What each exchange and page costs is counted, and stands in a table; more than 2 % more is a failure.

Whoever makes one dearer changes its row in `costs.json` and says why in its `because`: `COSTS=write` writes
the figures that were counted, and leaves the reasons alone. A row that is more than 2 % too high is a failure
too, so that what was gained stays gained.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_costs_are_those_of_the_table(database_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    others = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, str(Path(__file__).with_name("compared.py"))],
        cwd=Path(__file__).parents[2],
        env=others,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout
