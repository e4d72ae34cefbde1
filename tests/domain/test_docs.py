"""The pages keep up with the code: settings, make targets, error codes, files and tests that they name."""

import re
from pathlib import Path

import pytest

from app.core import errors
from app.core.config import Settings
from app.sync.operations import HANDLERS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_BINARY = {".png", ".webp", ".pyc"}


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def codes(kind: type[errors.Fault]) -> set[str]:
    own = {kind.code} if "code" in vars(kind) else set()
    return own.union(*(codes(below) for below in kind.__subclasses__()))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`TUNGNHA_{name.upper()}`" in page("README.md")


def test_every_error_code_is_in_the_protocol() -> None:
    assert {code for code in codes(errors.Fault) if f"`{code}`" not in page("docs/sync-protocol.md")} == set()


def test_every_operation_is_in_the_protocol() -> None:
    assert {name for name in HANDLERS if f"`{name}`" not in page("docs/sync-protocol.md")} == set()


def test_the_readme_names_what_ci_runs() -> None:
    script = page(".ci/run")
    assert "make test" in script
    assert re.search(r"^make test\b", page("README.md"), re.MULTILINE)


def test_every_make_target_says_what_it_does() -> None:
    targets = re.findall(r"^([a-z-]+):(.*)$", page("Makefile"), re.MULTILINE)
    assert [name for name, rest in targets if "##" not in rest] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_links_that_a_page_names_exist(file: Path) -> None:
    text = file.read_text("utf-8")
    named = set(re.findall(r"`((?:app|static|service_worker|templates|tests|docs)/[\w./-]+)`", text))
    linked = {link for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    linked |= set(re.findall(r'src="([^"]+)"', text))
    missing = {name for name in named if not (ROOT / name).exists()}
    missing |= {link for link in linked if not (file.parent / link).exists()}
    assert missing - {"static/dist"} == set()


@pytest.mark.parametrize(
    "file", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda file: file.stem
)
def test_every_decision_names_the_test_that_guards_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "**Guarded by**" in text
    for name in re.findall(r"`(test_\w+)`", text):
        assert any(
            f"def {name}(" in source.read_text("utf-8") for source in (ROOT / "tests").rglob("*.py")
        ), name


def test_the_project_speaks_of_itself_alone() -> None:
    words = re.compile(r"/work/|\.\./shared|registry\.npmjs|pypi\.org|files\.pythonhosted", re.IGNORECASE)
    folders = ("app", "static", "service_worker", "templates", "docs")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.*") if file.is_file()]
    own = [
        file
        for file in files
        if not {"node_modules", "dist"} & set(file.parts) and file.suffix not in _BINARY
    ]
    loud = [str(file) for file in [*own, *PAGES, ROOT / "Makefile"] if words.search(file.read_text("utf-8"))]
    assert loud == []
