"""The pages keep up with the code: settings, make targets, error codes, files and tests that they name."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli import cli
from app.core import errors
from app.core.config import Settings
from app.sync.applying.operations import HANDLERS
from tests.docs.sources import ROOT, own_files

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
OPERATORS_PAGES = ("docs/operate.md", "docs/vi/operate.md")

# A folder at the root of some machine that only its owner has.
_MACHINE = re.compile(r"(?<![\w.}])/(?:home|root|work|srv|mnt|opt|Users)/[\w.-]+")
_UPWARDS = re.compile(r"(?<![\w/.])(?:\.\./)+([\w.-]+)")
_HOST = re.compile(r"https?://([A-Za-z0-9][A-Za-z0-9.-]*)")
# This machine, names without a domain, the names kept for examples, and the name of SVG itself.
# Examples, and hosts in the names of XML vocabularies, which nobody asks.
_EXAMPLE = re.compile(
    r"127\.0\.0\.1|[\w-]+|(?:[\w-]+\.)*(?:example|test|invalid)|www\.w3\.org|docs\.oasis-open\.org|"
    r"oasis-tcs\.github\.io"
)


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def codes(kind: type[errors.CodedError]) -> set[str]:
    own = {kind.code} if "code" in vars(kind) else set()
    return own.union(*(codes(below) for below in kind.__subclasses__()))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`TUNGNHA_{name.upper()}`" in page("README.md")


@pytest.mark.parametrize("name", Settings.model_fields)
@pytest.mark.parametrize("file", OPERATORS_PAGES)
def test_every_setting_is_on_the_operators_page(file: str, name: str) -> None:
    assert f"`TUNGNHA_{name.upper()}`" in page(file)


@pytest.mark.parametrize("file", OPERATORS_PAGES)
def test_every_command_is_on_the_operators_page(file: str) -> None:
    group: Any = typer.main.get_command(cli)
    assert {name for name in group.commands if f"`{name}" not in page(file)} == set()


def test_every_picture_is_on_the_page_of_screens_and_small() -> None:
    folder = ROOT / "docs" / "screens"
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*.*")}
    pictures = {name: path.stat().st_size for name, path in files.items() if name != "README.md"}
    shown = re.findall(r"[\w/-]+\.\w+(?=[\")])", page("docs/screens/README.md"))
    assert set(pictures) == set(shown)
    assert {name for name, size in pictures.items() if size >= 40_000 or not name.endswith(".webp")} == set()


def test_every_error_code_is_in_the_protocol() -> None:
    assert {
        code for code in codes(errors.CodedError) if f"`{code}`" not in page("docs/sync-protocol.md")
    } == set()


def test_every_operation_is_in_the_protocol() -> None:
    assert {name for name in HANDLERS if f"`{name}`" not in page("docs/sync-protocol.md")} == set()


def test_the_readme_names_what_ci_runs() -> None:
    script = page(".ci/run")
    assert "make test" in script
    assert re.search(r"^make test\b", page("README.md"), re.MULTILINE)


def test_hosted_ci_runs_the_same_script_with_pinned_actions() -> None:
    assert re.findall(r"\brun: (.*)", page(".github/workflows/ci.yml")) == [".ci/run"]
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        actions = re.findall(r"\buses: (.*)", workflow.read_text("utf-8"))
        assert [action for action in actions if not re.search(r"@[0-9a-f]{40} # v", action)] == []


def test_the_long_tests_run_every_night() -> None:
    commands = re.findall(r"\brun: make ([a-z-]+)", page(".github/workflows/nightly.yml"))
    assert commands == ["faults", "mutants"]


def test_every_make_target_says_what_it_does() -> None:
    targets = re.findall(r"^([a-z-]+):(.*)$", page("Makefile"), re.MULTILINE)
    assert [name for name, rest in targets if "##" not in rest] == []


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    named = {name for file in PAGES for name in re.findall(r"`make ([a-z-]+)", file.read_text("utf-8"))}
    assert named - targets == set()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_links_that_a_page_names_exist(file: Path) -> None:
    text = file.read_text("utf-8")
    named = set(
        re.findall(r"`((?:app|deploy|static|service_worker|templates|tests|docs|benchmarks)/[\w./-]+)`", text)
    )
    linked = {link for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    linked |= set(re.findall(r'src="([^"]+)"', text))
    missing = {name for name in named if not (ROOT / name).exists()}
    missing |= {link for link in linked if not (file.parent / link).exists()}
    assert missing - {"static/dist"} == set()


def test_the_project_stands_alone() -> None:
    """No path of a machine, none that leads out of the project, no host but those of examples."""
    assert {str(file): found for file in own_files() if (found := foreign(file))} == {}


def test_locks_name_no_host() -> None:
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-uv.lock",
        "requirements-build.lock",
        "requirements-release.lock",
    ):
        assert "://" not in page(name)
    assert '"resolved"' not in page("service_worker/package-lock.json")


@pytest.mark.parametrize(
    "text", ["see /home/x/y", "in /srv/app/y", "../../../elsewhere/y.md", "https://host.example.net/a"]
)
def test_what_is_foreign_is_seen(text: str) -> None:
    file = ROOT / "docs" / "decisions" / "of-a-test.md"
    assert foreign(file, text)


def foreign(file: Path, text: str | None = None) -> list[str]:
    text = file.read_text("utf-8") if text is None else text
    if file == Path(__file__):
        return []
    paths = _MACHINE.findall(text)
    for climb in _UPWARDS.finditer(text):
        leaves = not (file.parent / climb[0]).resolve().is_relative_to(ROOT)
        if leaves and climb[1] not in project_names():
            paths.append(climb[0])
    return paths + [host for host in _HOST.findall(text) if not _EXAMPLE.fullmatch(host)]


@cache
def project_names() -> set[str]:
    """Names of the project's own files and folders: a path may start in a folder that the build makes."""
    return {part for file in own_files() for part in file.relative_to(ROOT).parts}
