"""Compiled templates do what Jinja2 does; what does not compile is refused with file and line."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader
from template_compiler import NotInSubset, compile_templates, field_environment

from tests.cases import cases

from .renderers import Node, Renderers

HERE = Path(__file__).parent
SNIPPETS = tomllib.loads((HERE / "snippets.toml").read_text(encoding="utf-8"))["snippet"]
REFUSED = tomllib.loads((HERE / "refused.toml").read_text(encoding="utf-8"))["refused"]


def names(cases: list[dict[str, Any]]) -> list[str]:
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", SNIPPETS, ids=names(SNIPPETS))
def test_both_sides_render_the_same(case: dict[str, Any], node: Node, tmp_path: Path) -> None:
    environment = field_environment(DictLoader({"page.html": case["template"], **case.get("files", {})}))
    sides = Renderers.of(environment, ["page.html"], tmp_path / "templates.mjs", node)

    jinja, javascript = sides.render("page.html", json.loads(case.get("context", "{}")))

    if "error" in jinja:
        assert "error" in javascript, f"Jinja2 refuses ({jinja['error']}), JavaScript writes {javascript}"
    else:
        assert javascript == jinja


@cases("case", REFUSED)
def test_what_does_not_compile_is_refused_with_file_and_line(case: dict[str, Any]) -> None:
    environment = field_environment(DictLoader({"page.html": case["template"], **case.get("files", {})}))

    with pytest.raises(NotInSubset) as refused:
        compile_templates(environment, ["page.html"], "runtime.js")

    assert str(refused.value).startswith(case["says"])
