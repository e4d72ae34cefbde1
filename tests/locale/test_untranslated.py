"""Vietnamese in the code is in `_()` or `lazy()`; templates and phone: tests/contract/test_strings.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.cases import cases
from tests.docs.sources import ROOT

LETTERS = re.compile("[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự]", re.IGNORECASE)
# Names, and Vietnamese that is data or is compared with data.
ALLOWED = {
    "app/upkeep/erasure/people.py": "what stands for the name of a member whose name was erased",
    "app/upkeep/retention/anonymous.py": "what stands for the name of an author who is purged",
    "app/commune/accounts/people.py": "the name of a team that nobody has named",
    "app/commune/guides/fact_lines.py": "the facts under a guide, whose text is Vietnamese",
    "app/commune/guides/statements.py": "words of duty and cost in guides, whose text is Vietnamese",
    "app/commune/catalog/services.py": "the default catalog, with both labels",
    "app/cli/startup.py": "the name of the app",
    "app/core/strings.py": "the name of the language",
    "app/core/text.py": "the alphabet",
    "app/upkeep/demo/invented.py": "invented people",
    "app/intake/household_import/parsing/encodings.py": "letters of encodings",
    "app/intake/household_import/parsing/patterns.py": "what lists of households say",
    "app/main.py": "the name of the app",
}
PYTHON = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "app").rglob("*.py"))]


def bare_strings(source: str) -> Iterator[tuple[int, str]]:
    """Strings with Vietnamese letters outside `_()`, `lazy()` and docstrings, with their lines."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "lazy"):
            pending += [keyword.value for keyword in node.keywords]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and LETTERS.search(node.value):
            yield node.lineno, node.value
        else:
            pending += ast.iter_child_nodes(node)


@cases("path", PYTHON)
def test_code_has_no_bare_vietnamese(path: str) -> None:
    found = list(bare_strings((ROOT / path).read_text("utf-8")))
    assert (found != []) is (path in ALLOWED), found


def test_bare_vietnamese_is_seen() -> None:
    assert list(bare_strings('def f():\n    """Lượt"""\n    return f(_("Tổ", n="Lượt"), "Hộ")')) == [
        (3, "Hộ"),
        (3, "Lượt"),
    ]


def test_every_exception_is_a_file() -> None:
    assert [path for path in ALLOWED if not Path(ROOT / path).is_file()] == []
