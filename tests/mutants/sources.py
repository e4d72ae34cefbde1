"""What the lists of bugs name: tests, and the bugs that others seed."""

import ast
import re
from pathlib import Path

from tests.mutants.copies import ROOT

_SERVER, _PHONE, _FIELD = "tests/faults/mutants.py", "tests/e2e/mutants.py", "tests/field/mutants.py"


def exists(project: Path, test: str) -> bool:
    """Whether a project has the function, or the test of Node, that an id names."""
    file, _, name = test.partition("::")
    if not (project / file).exists():
        return False
    text = (project / file).read_text("utf-8")
    if file.endswith(".js"):
        return name in text
    return re.search(rf"^def {name.partition('[')[0]}\(", text, re.MULTILINE) is not None


def seeded_names() -> tuple[list[str], list[str], list[str]]:
    """The names of the bugs of server, phone, and the phone's code in Node. The lists are read, because
    importing them imports the app."""
    server, phone, field = (_keys_of_mutants(ROOT / file) for file in (_SERVER, _PHONE, _FIELD))
    return server, phone, field


def _keys_of_mutants(file: Path) -> list[str]:
    for node in ast.parse(file.read_text("utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and target.id == "MUTANTS" and isinstance(value, ast.Dict):
            return [str(key.value) for key in value.keys if isinstance(key, ast.Constant)]
    raise ValueError(f"{file} has no list of mutants")
