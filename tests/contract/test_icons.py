"""Every icon that a template names has a shape, and every path is one."""

import re

from tests.e2e.server import ROOT

TEMPLATES = {file.relative_to(ROOT / "templates"): file for file in (ROOT / "templates").rglob("*.html")}
SHAPE = re.compile(r"[Mm](?:[MmLlHhVvCcSsQqTtAaZz]|[\s,.\d-])+")


def test_every_named_icon_has_a_shape() -> None:
    everywhere, at_the_desk = _shapes("macros.html"), _shapes("desk/page/parts.html")
    named = {
        (str(template), name)
        for template, file in TEMPLATES.items()
        for call in re.findall(r"icon\(([^)]*)\)", file.read_text("utf-8"))
        for name in re.findall(r'"(\w+)"', call)
    }
    assert len(named) > 60
    known = {
        (template, name)
        for template, name in named
        if name in everywhere or (template.startswith("desk/") and name in at_the_desk)
    }
    assert named - known == set()


def test_every_path_is_a_shape() -> None:
    paths = [
        (str(template), shape)
        for template, file in TEMPLATES.items()
        for shape in re.findall(r'<path[^>]* d="([^"]*)"', file.read_text("utf-8"))
        if "{{" not in shape
    ]
    assert len(paths) > 30
    assert [path for path in paths if not SHAPE.fullmatch(path[1])] == []


def _shapes(template: str) -> set[str]:
    return set(re.findall(r'<symbol id="icon-(\w+)"', (ROOT / "templates" / template).read_text("utf-8")))
