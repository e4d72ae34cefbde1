"""Makes a release in `dist/`: `make release VERSION=0.2.0 KEY=~/.ssh/release`, with
`WHEELS="x86_64 aarch64"` also the archive that installs without the internet.

The archive that `deploy/install` installs from, the SBOMs, the image if a container runtime answers,
checksums of all and their signature by the SSH key of a maintainer; then the commit and the signed tag. If
anything fails, the project is as it was before.
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHANGED = ("CHANGELOG.md", "app/__init__.py", "pyproject.toml")
# What the archive has beside the wheel.
PACKED = ("CHANGELOG.md", "LICENSE", "deploy", "docs", "requirements.lock")
IGNORED = shutil.ignore_patterns("__pycache__", "*.py", "screens", "decisions")


PYTHON = "3.13"
"""Debian 13's, for which the wheels are."""
LIBRARIES = ("manylinux_2_28", "manylinux_2_17", "manylinux2014", "manylinux1")


SIGNERS = "deploy/allowed_signers"
SIGNER, NAMESPACE = "release", "tung-nha-release"
"""As `deploy/verify` asks for them."""


def main(version: str, key: str, machines: tuple[str, ...] = (), root: Path = ROOT) -> None:
    """Release `version`, signed with the private SSH key of the file `key`, for `machines` also with the
    wheels. Exits with a sentence if it cannot be."""
    _refuse(version, root)
    _refuse_key(key, root)
    notes = set_version(version, root, datetime.now(UTC).date().isoformat())
    try:
        _run(root, "make", "wheel")
        dist = root / "dist"
        archive(version, root, dist)
        if machines:
            with tempfile.TemporaryDirectory() as folder:
                archive(version, root, dist, download_wheels(root, Path(folder), machines))
        next(dist.glob("*.whl")).unlink()  # it is in the archives
        write_sboms(version, root, dist)
        build_image(version, root, dist)
        write_checksums(dist)
        sign(dist, key)
    except BaseException:
        _run(root, "git", "checkout", "--quiet", "--", *CHANGED)
        raise
    _run(root, "git", "commit", "--quiet", "-m", f"Release {version}", "--", *CHANGED)
    _run(
        root,
        *("git", "-c", "gpg.format=ssh", "-c", f"user.signingkey={key}"),
        "tag",
        "--sign",
        f"v{version}",
        "--cleanup=verbatim",
        "-m",
        f"Từng Nhà {version}\n\n{notes}\n",  # a signature begins on its own line
    )
    print(f"dist/ has {version}; push it with: git push --follow-tags")


def set_version(version: str, root: Path, day: str) -> str:
    """Write the version and its day where they belong; what the changelog says about it."""
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text("utf-8")
    changelog.write_text(text.replace(f"## {version} (unreleased)", f"## {version} ({day})"), "utf-8")
    _replace(root / "app/__init__.py", r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"')
    _replace(root / "pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"')
    return text.split(f"## {version} (unreleased)\n")[1].split("\n## ")[0].strip()


def download_wheels(root: Path, folder: Path, machines: tuple[str, ...]) -> Path:
    """Download the locked packages for Debian on `machines` (*x86_64*, *aarch64*) into `folder`."""
    for machine in machines:
        platforms = [f"--platform={library}_{machine}" for library in LIBRARIES]
        chosen = ["--only-binary=:all:", "--no-deps", f"--python-version={PYTHON}", *platforms]
        lock = ["--require-hashes", "-r", str(root / "requirements.lock"), "-d", str(folder)]
        _run(root, sys.executable, "-m", "pip", "download", "--quiet", *chosen, *lock)
    return folder


def archive(version: str, root: Path, dist: Path, wheels: Path | None = None) -> Path:
    """Pack the wheel with what installs it, and the `wheels` of what it needs. The same sources give the same
    bytes."""
    name = f"tung-nha-{version}"
    folder = dist / name
    folder.mkdir()
    for path in (root / part for part in PACKED):
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=IGNORED)
        else:
            shutil.copy(path, folder)
    (wheel,) = dist.glob("*.whl")
    shutil.copy(wheel, folder)
    if wheels:
        shutil.copytree(wheels, folder / "wheels")
    file = dist / f"{name}{'-offline' if wheels else ''}.tar.gz"
    with gzip.GzipFile(file, "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{name}/{path.relative_to(folder)}", recursive=False, filter=_without_origin)
    shutil.rmtree(folder)
    return file


def write_sboms(version: str, root: Path, dist: Path) -> None:
    """What the server and the phone's app are made of, as CycloneDX."""
    lock, server = root / "requirements.lock", dist / "sbom-server.cdx.json"
    arguments = ["requirements", str(lock), "--output-reproducible", "-o", str(server)]
    _run(root, sys.executable, "-m", "cyclonedx_py", *arguments)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            content = json.loads((root / "service_worker" / name).read_text("utf-8"))
            for package in (content, content.get("packages", {}).get("", {})):
                package["version"] = version  # npm describes no package without one
            (Path(folder) / name).write_text(json.dumps(content), "utf-8")
        npm = ["npm", "sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev"]
        (dist / "sbom-browser.cdx.json").write_text(_run(Path(folder), *npm), "utf-8")


def build_image(version: str, root: Path, dist: Path) -> None:
    """Build and save the image with docker or podman; without a runtime, say how."""
    for runtime in ("docker", "podman"):
        if (
            shutil.which(runtime)
            and subprocess.run([runtime, "info"], capture_output=True, check=False).returncode == 0
        ):
            _run(root, runtime, "build", "-f", "deploy/Containerfile", "-t", f"tung-nha:{version}", ".")
            _run(
                root,
                runtime,
                "save",
                "-o",
                str(dist / f"tung-nha-{version}-image.tar"),
                f"tung-nha:{version}",
            )
            return
    print("No image: neither docker nor podman answers here. deploy/Containerfile builds it.")


def write_checksums(dist: Path) -> None:
    """SHA256SUMS, which `sha256sum --check` reads."""
    files = sorted(path for path in dist.iterdir() if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (dist / "SHA256SUMS").write_text("".join(lines), "ascii")


def sign(dist: Path, key: str) -> None:
    """SHA256SUMS.sig, which `deploy/verify` reads."""
    _run(dist, "ssh-keygen", "-Y", "sign", "-q", "-f", key, "-n", NAMESPACE, "SHA256SUMS")


def _refuse_key(key: str, root: Path) -> None:
    """Whoever installs the release knows its keys by the file of the one before."""
    if not Path(key).is_file():
        sys.exit("Say with which key: make release VERSION=0.2.0 KEY=~/.ssh/release")
    public = _run(root, "ssh-keygen", "-y", "-f", key).split()[:2]
    lines = (root / SIGNERS).read_text("utf-8").splitlines()
    if not any(line.startswith(f"{SIGNER} ") and line.split()[2:4] == public for line in lines):
        sys.exit(f"{SIGNERS} does not have this key: {' '.join(public)} (docs/development.md)")


def _refuse(version: str, root: Path) -> None:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit("Say which version: make release VERSION=0.2.0")
    if _run(root, "git", "status", "--porcelain"):
        sys.exit("Commit first: a release is of what git knows.")
    if _run(root, "git", "tag", "--list", f"v{version}"):
        sys.exit(f"There is a tag v{version} already.")
    if f"\n## {version} (unreleased)\n" not in (root / "CHANGELOG.md").read_text("utf-8"):
        sys.exit(f"CHANGELOG.md has no part “## {version} (unreleased)”.")


def _replace(file: Path, pattern: str, line: str) -> None:
    text, count = re.subn(pattern, line, file.read_text("utf-8"), count=1)
    if count != 1:
        sys.exit(f"{file.name} names no version.")
    file.write_text(text, "utf-8")


def _without_origin(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def _run(root: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed.")
    return done.stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], tuple(sys.argv[3:]))
