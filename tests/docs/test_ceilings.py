"""Ceilings: lines of a file and of a function.

What is over a ceiling today is listed in `waiting.py` with its size. It may shrink, not grow; once it is
under the ceiling its entry has to go.
"""

from tests.cases import cases
from tests.docs import waiting
from tests.docs.sources import CODE, ROOT, files, sources

FILE_LINES = 600
FUNCTION_LINES = 40
STYLESHEET_LINES = 400
# Generated or data: nobody reads them from top to bottom.
ASIDE = ("app/upkeep/migrations/versions/", "static/field/core/protocol.ts")


def test_files_are_short() -> None:
    assert over(lengths(*CODE), FILE_LINES, waiting.FILES) == []


def test_stylesheets_are_short() -> None:
    assert over(lengths(".css"), STYLESHEET_LINES, waiting.STYLESHEETS) == []


def test_functions_fit_a_screen() -> None:
    longest: dict[str, int] = {}
    for path, source in sources().items():
        for function in source.functions:
            name = f"{path}:{function.name}"
            longest[name] = max(function.lines, longest.get(name, 0))
    assert over(without_aside(longest), FUNCTION_LINES, waiting.FUNCTIONS) == []


@cases(
    "size, waits, complaints",
    [
        (10, {}, []),
        (11, {}, ["a: 11, more than 10"]),
        (11, {"a": 11}, []),
        (12, {"a": 11}, ["a: 12, more than 11"]),
        (10, {"a": 11}, ["a no longer has to wait"]),
        (10, {"b": 11}, ["b no longer has to wait"]),
    ],
)
def test_what_waits_may_shrink_and_not_grow(size: int, waits: dict[str, int], complaints: list[str]) -> None:
    assert over({"a": size}, 10, waits) == complaints


def over(sizes: dict[str, int], ceiling: int, waits: dict[str, int]) -> list[str]:
    """Complaints about what is over the ceiling, and about entries of `waits` that are not."""
    allowed = {name: waits.get(name, ceiling) for name in sizes}
    large = [
        f"{name}: {size}, more than {allowed[name]}" for name, size in sizes.items() if size > allowed[name]
    ]
    return large + [f"{name} no longer has to wait" for name in waits if sizes.get(name, 0) <= ceiling]


def lengths(*suffixes: str) -> dict[str, int]:
    return without_aside(
        {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in files(*suffixes)}
    )


def without_aside(sizes: dict[str, int]) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if not name.startswith(ASIDE)}
