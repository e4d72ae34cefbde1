"""What is in which bundle of the phone is said by the imports of the entries alone."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import bundle_pages

from tests.cases import cases
from tests.contract.renderers import ROOT, node_program

FIELD = ROOT / "static" / "field"
FIRST, LATER = FIELD / "boot" / "main.ts", FIELD / "boot" / "secondBundle.ts"


@cases("entry", [FIRST, LATER])
def test_the_build_reads_the_modules_that_esbuild_bundles(entry: Path) -> None:
    inputs = Path(__file__).with_name("inputs.mjs")
    command = [node_program(), str(inputs), str(entry)]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    bundled = {ROOT / name for name in json.loads(listed) if name.startswith("static/field/")}
    # Compiled templates import their runtime.
    assert bundle_pages.modules_of(entry) == bundled - {FIELD / "server" / "templateRuntime.ts"}
    assert len(bundled) > 80


def test_each_bundle_has_the_pages_that_its_modules_show() -> None:
    first, later = (set(bundle_pages.pages_of(entry)) for entry in (FIRST, LATER))
    assert {"field/today.html", "field/sign_in.html"} <= first - later
    assert {"field/log.html", "field/month.html"} <= later - first
    # The form of a new visit and of one that is corrected; the list, and *Ghi nhanh*.
    assert first & later == {"field/households.html", "field/visit_form.html"}


def test_every_page_is_named_where_it_is_shown() -> None:
    """A name that is computed would be a template that no bundle has."""
    shown = [call for module in modules() for call in re.findall(r"(?<!function )\bpage\(\s*(.)", module)]
    assert (set(shown), len(shown) > 25) == ({'"'}, True)


@cache
def modules() -> list[str]:
    both = bundle_pages.modules_of(FIRST) | bundle_pages.modules_of(LATER)
    return [module.read_text("utf-8") for module in sorted(both)]


def test_imports_are_followed(tmp_path: Path) -> None:
    entry = """\
import a, { type B } from "./a.ts";
import type { C } from "./type.ts";
export { d } from "./d.ts";
import {
  type E,
  e,
} from "./e.ts";
import "./f.ts";
import { x } from "idb";
const g = () => import("./needed.ts");
"""
    texts = {f"{name}.ts": f'page("{name}", {{}});\npage(\n  "{name}_long",\n);\n' for name in "adef"}
    texts["entry.ts"] = entry
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    pages = bundle_pages.pages_of(tmp_path / "entry.ts")
    assert pages == sorted(f"field/{name}{end}.html" for name in "adef" for end in ("", "_long"))
