"""Every step of the walk in docs/architecture.md names a file and a function that exist."""

import ast
import re
from pathlib import Path

from tests.cases import cases

ROOT = Path(__file__).parents[2]
FIELD = ROOT / "static" / "field"
# The rooms of the phone's code: imports only go down this list.
ROOMS = "boot practice ui server pages retention sync failures store language core".split()
_IMPORT = re.compile(r"(?:^(?:import|export)\b[^;\"]*?|\bimport\()\"(\.[^\"]+\.ts)\"", re.MULTILINE)
STEPS = re.findall(r"`([\w./]+)`\s+·\s+`(\w+)`", (ROOT / "docs" / "architecture.md").read_text("utf-8"))


def test_the_walk_crosses_phone_server_and_desk() -> None:
    files = [file for file, _ in STEPS]
    for folder in (
        "static/field/pages",
        "static/field/store",
        "static/field/sync",
        "app/sync",
        "app/web/desk",
    ):
        assert any(file.startswith(folder) for file in files), folder


@cases("file, name", STEPS)
def test_function_that_the_walk_names_exists(file: str, name: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    names = python_names(source) if file.endswith(".py") else javascript_names(source)
    assert name in names


def test_imports_of_the_phone_only_go_down() -> None:
    """Those of types too."""
    arrows = [
        (module.relative_to(FIELD), (module.parent / name).resolve().relative_to(FIELD))
        for module in FIELD.rglob("*.ts")
        for name in _IMPORT.findall(module.read_text("utf-8"))
    ]
    order = {room: rank for rank, room in enumerate(ROOMS)}
    assert {path.name for path in FIELD.iterdir() if path.is_dir()} == order.keys()
    upwards = [f"{a} imports {b}" for a, b in arrows if order[a.parts[0]] > order[b.parts[0]]]
    assert upwards == []
    assert len(arrows) > 600


def python_names(source: str) -> set[str]:
    names = set[str]()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def javascript_names(source: str) -> set[str]:
    return set(re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", source, re.MULTILINE))
