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
FIRST, LATER, PRACTICE = (FIELD / "boot" / name for name in ("main.ts", "secondBundle.ts", "practice.ts"))


@cases("entry, least", [(FIRST, 80), (LATER, 80), (PRACTICE, 25)])
def test_the_build_reads_the_modules_that_esbuild_bundles(entry: Path, least: int) -> None:
    bundled = {ROOT / name for name in inputs(entry) if name.startswith("static/field/")}
    # Compiled templates import their runtime.
    assert bundle_pages.modules_of(entry) == bundled - {FIELD / "server" / "templateRuntime.ts"}
    assert len(bundled) > least


def test_no_package_of_both_bundles_remembers_what_the_other_copy_needs() -> None:
    """idb remembers its wrappers: `store/db.ts` shares what they are around."""
    first, later = ({name for name in inputs(entry) if "node_modules/" in name} for entry in (FIRST, LATER))
    assert {name.split("node_modules/")[1].split("/")[0] for name in first & later} == {"idb"}


@cache
def inputs(entry: Path) -> list[str]:
    """The files that esbuild finds from an entry."""
    command = [node_program(), str(Path(__file__).with_name("inputs.mjs")), str(entry)]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    found: list[str] = json.loads(listed)
    return found


def test_each_bundle_has_the_pages_that_its_modules_show() -> None:
    first, later = (set(bundle_pages.pages_of(entry)) for entry in (FIRST, LATER))
    assert {"field/today.html", "field/sign_in.html"} <= first - later
    assert {"field/log.html", "field/month.html", "field/quick.html"} <= later - first
    # The form of a new visit and of one that is corrected; the list, which *Ghi nhanh* builds on.
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


def test_no_module_of_both_bundles_remembers_anything_by_itself() -> None:
    """Each bundle has a copy of it: what it remembers is in `core/pageState.ts`, once for both."""
    both = bundle_pages.modules_of(FIRST) & bundle_pages.modules_of(LATER)
    seam = FIELD / "core" / "pageState.ts"
    assert len(both) > 50
    assert {path: names for path, names in remembered(*(both - {seam})).items() if names} == {}
    texts = "".join(module.read_text("utf-8") for module in both - {seam})
    names = re.findall(r"\bpageState\(([^,]*),", texts)
    assert len(names) == len(set(names)) == len(re.findall(r"= pageState\(", texts)) >= 7


@cases(
    "text, name",
    [
        ("let a = 0;", "a"),
        ("export let a: number | undefined;", "a"),
        ("const a = new Map<string, string>();\nexport const b = () => a.set('', '');", "a"),
        ("const a: string[] = [];\nexport function b() {\n  a.push('');\n}", "a"),
        ("const a: { b?: string } = {};\nexport const c = () => {\n  a.b = '';\n};", "a"),
        ("const a = { b: 0 };\nexport const c = () => a.b++;", "a"),
        ("const a = open();\nfunction open() {\n  let b = 0;\n  return () => (b += 1);\n}", "a"),
        ("const a: Record<string, string> = {};\nexport const b = () => Object.assign(a, { c: '' });", "a"),
        ("const a = await start();", "a"),
        ('const a = pageState("a", new Set<string>());\nexport const b = () => a.add("");', None),
        ("const a = new Set(['b']);\nexport const c = (b: string) => a.has(b);", None),
        ("export const a = (b: string) => {\n  let c = b;\n  c += '';\n  return c;\n};", None),
    ],
)
def test_what_a_module_remembers_is_seen(text: str, name: str | None, tmp_path: Path) -> None:
    module = tmp_path / "module.ts"
    module.write_text(text, "utf-8")
    assert remembered(module) == {str(module): [name] if name else []}


def remembered(*modules: Path) -> dict[str, list[str]]:
    """The names of what each module remembers."""
    script = Path(__file__).with_name("state.mjs")
    command = [node_program(), "--disable-warning=ExperimentalWarning", str(script)]
    paths = "\n".join(map(str, sorted(modules)))
    done = subprocess.run(command, input=paths, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
