"""A table of cases inside one test, which makes its fixtures once."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

Test = Callable[..., None]


def cases(names: str, table: Iterable[Any]) -> Callable[[Test], Test]:
    """Run a test for each row of `table` with the row's values as the parameters `names`.

    As `pytest.mark.parametrize`, but in one test, for rows that do not change what the next one finds. All
    rows run; the first fault is raised, with the rows that failed as its note.
    """
    keys = [name.strip() for name in names.split(",")]
    rows = [dict(zip(keys, row if len(keys) > 1 else [row], strict=True)) for row in table]

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run_rows(**fixtures: Any) -> None:
            failed: list[tuple[dict[str, Any], BaseException]] = []
            for row in rows:
                try:
                    test(**fixtures, **row)
                except (Exception, pytest.fail.Exception) as error:
                    failed.append((row, error))
            if failed:
                failed[0][1].add_note("failed with:\n" + "\n".join(f"  {row}" for row, _error in failed))
                raise failed[0][1]

        signature = inspect.signature(test)
        others = [parameter for name, parameter in signature.parameters.items() if name not in keys]
        run_rows.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return run_rows

    return decorate
