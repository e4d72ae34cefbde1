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
from tests.conftest import skip_without
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


@pytest.fixture
def key(clone: Path, tmp_path: Path) -> Path:
    """The key of a maintainer, whom the clone knows."""
    found = new_key(tmp_path / "key")
    public = found.with_suffix(".pub").read_text()
    with (clone / make_release.SIGNERS).open("a") as file:
        file.write(f'release namespaces="tung-nha-release,git" {public}')
    run(clone, "git", "commit", "--quiet", "--all", "-m", "A maintainer's key")
    return found


def new_key(file: Path) -> Path:
    if shutil.which("ssh-keygen") is None:
        skip_without("ssh-keygen")
    run(file.parent, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "thu", "-f", str(file))
    return file


def verify(clone: Path, file: str) -> "subprocess.CompletedProcess[str]":
    words = ["sh", str(clone / "deploy/verify"), file]
    known = {"SIGNERS": str(clone / make_release.SIGNERS)}
    return subprocess.run(
        words, cwd=clone, env=os.environ | known, capture_output=True, text=True, check=False
    )


@pytest.fixture
def signed(clone: Path, key: Path) -> Path:
    """A folder with two files, checksums and their signature."""
    folder = clone / "dist"
    folder.mkdir()
    for name in ("tung-nha-0.2.0.tar.gz", "tung-nha-0.2.0-offline.tar.gz"):
        (folder / name).write_text(name)
    make_release.write_checksums(folder)
    make_release.sign(folder, str(key))
    return folder


def test_file_of_a_release_is_known_by_its_signature(clone: Path, signed: Path) -> None:
    (signed / "tung-nha-0.2.0-offline.tar.gz").unlink()
    done = verify(clone, "dist/tung-nha-0.2.0.tar.gz")
    assert (done.returncode, done.stdout) == (0, "tung-nha-0.2.0.tar.gz: signed by a maintainer.\n")


@pytest.mark.parametrize(
    "how", ["another file", "other checksums", "another's key", "no signature", "not listed"]
)
def test_file_that_nobody_signed_is_named(how: str, clone: Path, signed: Path, tmp_path: Path) -> None:
    name = "dist/tung-nha-0.2.0.tar.gz"
    if how == "another file":
        (clone / name).write_text("other")
    if how == "not listed":
        name = "dist/other.tar.gz"
        (clone / name).write_text("other")
    if how in ("other checksums", "another's key"):
        (clone / name).write_text("other")
        (signed / "SHA256SUMS").unlink()
        signature = (signed / "SHA256SUMS.sig").read_bytes()
        (signed / "SHA256SUMS.sig").unlink()
        make_release.write_checksums(signed)
        (signed / "SHA256SUMS.sig").write_bytes(signature)
    if how == "another's key":
        (signed / "SHA256SUMS.sig").unlink()
        make_release.sign(signed, str(new_key(tmp_path / "other")))
    if how == "no signature":
        (signed / "SHA256SUMS.sig").unlink()
    done = verify(clone, name)
    assert (done.returncode, done.stdout, "do not install" in done.stderr) == (1, "", True), done.stderr


def test_verifying_before_a_key_is_entered_says_so(clone: Path, signed: Path) -> None:
    signers = clone / make_release.SIGNERS
    signers.write_text("".join(f"{line}\n" for line in signers.read_text().splitlines() if line[0] == "#"))
    done = verify(clone, "dist/tung-nha-0.2.0.tar.gz")
    assert (done.returncode, done.stdout, "do not install" in done.stderr) == (1, "", False)
    assert "No key is entered yet in" in done.stderr


def test_release_with_a_key_that_nobody_knows_is_refused(clone: Path, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other")
    with pytest.raises(SystemExit, match="does not have this key: ssh-ed25519"):
        make_release.main(__version__, str(other), root=clone)
    with pytest.raises(SystemExit, match="Say with which key"):
        make_release.main(__version__, "", root=clone)


@pytest.mark.deploy
def test_release_has_archive_checksums_sboms_commit_and_tag(clone: Path, key: Path) -> None:
    run(clone, "make", f"PYTHON={sys.executable}", "release", f"VERSION={__version__}", f"KEY={key}")
    dist = clone / "dist"
    assert "OK" in run(dist, "sha256sum", "--check", "SHA256SUMS")
    archive = f"dist/tung-nha-{__version__}.tar.gz"
    signed = verify(clone, archive)
    assert (signed.returncode, "signed by a maintainer" in signed.stdout) == (0, True), signed.stderr
    trusted = f"gpg.ssh.allowedSignersFile={clone}/deploy/allowed_signers"
    run(clone, "git", "-c", trusted, "verify-tag", f"v{__version__}")
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
def test_release_that_the_changelog_does_not_know_is_refused(version: str, clone: Path, key: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        make_release.main(version, str(key), root=clone)
    assert isinstance(refused.value.code, str)
    assert run(clone, "git", "status", "--porcelain") == ""


def test_release_of_what_is_not_committed_is_refused(clone: Path, key: Path) -> None:
    (clone / "README.md").write_text("x")
    with pytest.raises(SystemExit, match="Commit first"):
        make_release.main(__version__, str(key), root=clone)


def test_release_that_fails_leaves_the_project_as_it_was(clone: Path, key: Path) -> None:
    (clone / "Makefile").write_text("wheel:\n\tfalse\n")
    run(clone, "git", "commit", "--quiet", "-am", "A wheel that cannot be built")
    with pytest.raises(SystemExit, match="make wheel failed"):
        make_release.main(__version__, str(key), root=clone)
    assert run(clone, "git", "status", "--porcelain") == ""
    assert run(clone, "git", "tag") == ""


def test_version_is_written_wherever_it_stands(clone: Path) -> None:
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0 (unreleased)\n\nNew.\n\n## 0.1.0\n\nOld.\n")
    assert make_release.set_version("0.2.0", clone, "2026-12-01") == "New."
    assert "## 0.2.0 (2026-12-01)" in (clone / "CHANGELOG.md").read_text("utf-8")
    assert '__version__ = "0.2.0"' in (clone / "app/__init__.py").read_text("utf-8")
    assert 'version = "0.2.0"' in (clone / "pyproject.toml").read_text("utf-8")
