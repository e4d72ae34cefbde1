"""`make release` in a clone: what is in `dist/`, the commit and the tag; and what it refuses."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from app import __version__
from deploy import make_release
from tests.deploy.installed import files_of_project
from tests.docs.sources import ROOT

AUTHOR = {"GIT_AUTHOR_NAME": "Thử", "GIT_AUTHOR_EMAIL": "thu@tungnha.example"}
AUTHOR |= {"GIT_COMMITTER_NAME": "Thử", "GIT_COMMITTER_EMAIL": "thu@tungnha.example"}

LOCK = ROOT / "requirements.lock"


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | AUTHOR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the project with all its own files as they are now, committed."""
    folder = tmp_path / "clone"
    run(ROOT, "git", "clone", "--quiet", str(ROOT), str(folder))
    for name in files_of_project("--modified"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    run(folder, "git", "add", "--all")
    run(folder, "git", "commit", "--quiet", "--allow-empty", "-m", "As it is now")
    return folder


@pytest.mark.deploy
def test_release_has_archive_checksums_sboms_commit_and_tag(clone: Path) -> None:
    run(clone, "make", f"PYTHON={sys.executable}", "release", f"VERSION={__version__}")
    dist = clone / "dist"
    assert "OK" in run(dist, "sha256sum", "--check", "SHA256SUMS")
    with tarfile.open(dist / f"tung-nha-{__version__}.tar.gz") as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {"deploy/install", "deploy/Caddyfile", "docs/deploy.md", "requirements.lock"} <= names
    assert any(name.endswith(".whl") for name in names)
    assert {part["name"] for part in components(dist / "sbom-server.cdx.json")} >= {"fastapi", "sqlalchemy"}
    assert {part["name"] for part in components(dist / "sbom-browser.cdx.json")} >= {"htmx.org"}
    assert f"Release {__version__}" in run(clone, "git", "log", "-1", "--format=%s")
    assert "### At the door" in run(clone, "git", "tag", "-l", "--format=%(contents)", f"v{__version__}")
    assert f"## {__version__} (20" in (clone / "CHANGELOG.md").read_text("utf-8")
    assert run(clone, "git", "status", "--porcelain") == ""


@pytest.mark.deploy
def test_archive_with_wheels_has_every_locked_package(tmp_path: Path) -> None:
    wheels = make_release.download_wheels(ROOT, tmp_path, ("x86_64", "aarch64"))
    files = [file.name for file in wheels.iterdir()]
    names = {name.split("-")[0].lower().replace("_", "-").replace(".", "-") for name in files}
    lines = re.findall(r"^([a-z0-9-]+)==\S+( ; sys_platform == 'win32')?", LOCK.read_text(), re.MULTILINE)
    assert {name for name, of_windows in lines if not of_windows} <= names
    for machine in ("x86_64", "aarch64"):
        assert any(machine in name for name in files)


def components(file: Path) -> list[dict[str, str]]:
    parts: list[dict[str, str]] = json.loads(file.read_text("utf-8"))["components"]
    return parts


@pytest.mark.parametrize("version", ["", "1", "v0.1.0", "0.1.0; rm", "9.9.9"])
def test_release_that_the_changelog_does_not_know_is_refused(version: str, clone: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        make_release.main(version, root=clone)
    assert isinstance(refused.value.code, str)
    assert run(clone, "git", "status", "--porcelain") == ""


def test_release_of_what_is_not_committed_is_refused(clone: Path) -> None:
    (clone / "README.md").write_text("x")
    with pytest.raises(SystemExit, match="Commit first"):
        make_release.main(__version__, root=clone)


def test_release_that_fails_leaves_the_project_as_it_was(clone: Path) -> None:
    (clone / "Makefile").write_text("wheel:\n\tfalse\n")
    run(clone, "git", "commit", "--quiet", "-am", "A wheel that cannot be built")
    with pytest.raises(SystemExit, match="make wheel failed"):
        make_release.main(__version__, root=clone)
    assert run(clone, "git", "status", "--porcelain") == ""
    assert run(clone, "git", "tag") == ""


def test_version_is_written_wherever_it_stands(clone: Path) -> None:
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0 (unreleased)\n\nNew.\n\n## 0.1.0\n\nOld.\n")
    assert make_release.set_version("0.2.0", clone, "2026-12-01") == "New."
    assert "## 0.2.0 (2026-12-01)" in (clone / "CHANGELOG.md").read_text("utf-8")
    assert '__version__ = "0.2.0"' in (clone / "app/__init__.py").read_text("utf-8")
    assert 'version = "0.2.0"' in (clone / "pyproject.toml").read_text("utf-8")
