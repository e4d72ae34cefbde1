"""The project's own Python and scripts, parsed: functions with their lengths, and declared names."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "benchmarks", "deploy", "service_worker", "static", "tests")
# How the names of code end: Python, and what runs in a browser or in Node.
SCRIPTS = (".js", ".mjs", ".ts")
CODE = (".py", *SCRIPTS)
_MADE = {"node_modules", "dist", "__pycache__"}
_BINARY = {".gz", ".mo", ".png", ".webp", ".pyc", ".xls", ".xlsx"}
_SETTINGS = ("Makefile", "pyproject.toml", ".editorconfig", ".pre-commit-config.yaml")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Function:
    """A function, method or lambda with a body; `lines` counts from its first line to its last."""

    name: str
    line: int
    lines: int


@dataclass(frozen=True)
class Source:
    """What one file declares; `names` are (name, line)."""

    functions: list[Function]
    names: list[tuple[str, int]]


def files(*suffixes: str) -> list[str]:
    """Paths from the root of the project's own files with one of these suffixes."""
    found = (file for folder in FOLDERS for file in _below(folder) if file.suffix in suffixes)
    return sorted(file.relative_to(ROOT).as_posix() for file in found)


def browser_code() -> list[Path]:
    """The code of phone, desk and service worker: what is no style, picture or setting.

    However its name ends: a test that reads files of one ending checks nothing once they have another."""
    no_code = {*_BINARY, ".css", ".svg", ".webmanifest", ".json", ".cjs", ".mjs", ".py"}
    found = (file for folder in ("static", "service_worker") for file in _below(folder))
    return sorted(file for file in found if file.suffix not in no_code)


def own_files() -> list[Path]:
    """What we wrote: code, templates, pages, tests, settings; not locks, pictures, nor what others made."""
    folders = (*FOLDERS, "templates", "docs", ".ci", ".github")
    found = [file for folder in folders for file in _below(folder)]
    found += [*ROOT.glob("*.md"), *(ROOT / name for name in _SETTINGS)]
    return [file for file in found if file.suffix not in _BINARY and file.name != "package-lock.json"]


def _below(folder: str) -> Iterator[Path]:
    """The files of a folder, without what was made: the packages of Node are 40,000 files."""
    for place, folders, names in os.walk(ROOT / folder):
        folders[:] = [one for one in folders if one not in _MADE]
        yield from (Path(place, name) for name in names)


@cache
def sources() -> dict[str, Source]:
    """Every file of CODE in the project, parsed."""
    return _python() | _scripts()


def words(name: str) -> list[str]:
    """The words of an identifier in lower case: `homeAt`, `home_at` and `HOME_AT` are home and at."""
    return [word.lower() for word in _WORD.findall(name)]


def python_source(text: str) -> Source:
    """What a Python module declares."""
    functions, names = [], []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            functions.append(Function(node.name, node.lineno, node.end_lineno - node.lineno + 1))
        names += [(name, getattr(node, "lineno", 1)) for name in _declared(node)]
    return Source(functions, names)


def _declared(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case (
            ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store())
        ):
            return [name]
        case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
            return [name]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
    return []


def _python() -> dict[str, Source]:
    return {path: python_source((ROOT / path).read_text("utf-8")) for path in files(".py")}


def _scripts() -> dict[str, Source]:
    node = shutil.which("node", path=Path(sys.executable).parent) or "node"
    parse = Path(__file__).with_name("parse.mjs")
    paths = "\n".join(files(*SCRIPTS))
    command = [node, "--disable-warning=ExperimentalWarning", str(parse)]
    done = subprocess.run(
        command, cwd=ROOT, input=paths, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return {
        path: Source(
            [Function(*one) for one in found["functions"]], [(name, line) for name, line in found["names"]]
        )
        for path, found in json.loads(done.stdout).items()
    }
