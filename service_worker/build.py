"""Builds static/dist/: templates to JavaScript, bundles, the shell and the service worker.

Run it from anywhere: ``.venv/bin/python service_worker/build.py``. If nothing has changed since the last
time, it only reads the sources. Files whose names carry a hash of their content may be cached for ever;
``assets.json`` says where each is; ``name.br`` and ``name.gz`` are the same file, compressed. Needs the
packages of service_worker/package-lock.json, which ``make build`` installs.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compiler import NotInSubset, compile_templates, field_environment, find_pages
from zopfli import gzip as zopfli_gzip

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "service_worker"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
DIST = STATIC / "dist"
BUNDLE = DIST / ".bundle"
STAMP = DIST / ".stamp"


def main() -> None:
    """Build if anything changed. Exits with 1 and says why if the sources are wrong."""
    with one_at_a_time():
        digest = sources_digest()
        if not is_built(digest):
            build()
            outputs = sorted(path.relative_to(DIST).as_posix() for path in files_in(DIST))
            STAMP.write_text(json.dumps({"sources": digest, "outputs": outputs}), encoding="utf-8")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two builds at once would remove each other's files."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def sources_digest() -> str:
    """A hash of all that the build reads, names and content."""
    folders = [TEMPLATES / "field", *(path for path in STATIC.iterdir() if path != DIST), HERE / "compiler"]
    loose = [*TEMPLATES.glob("*.html"), *HERE.glob("*.*")]
    digest = hashlib.sha256()
    for path in sorted({*loose, *(path for folder in folders for path in files_in(folder))}):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def files_in(folder: Path) -> Iterator[Path]:
    """All files in a folder, or the file itself."""
    return (path for path in [folder, *folder.rglob("*")] if path.is_file())


def is_built(digest: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(stamp["sources"] == digest) and all((DIST / name).exists() for name in stamp["outputs"])


def build() -> None:
    compile_field_templates()
    write_gate()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    node(HERE / "bundle.mjs", str(BUNDLE))
    assets = publish()
    write_shell(assets)
    (DIST / "assets.json").write_text(json.dumps(assets, indent=2) + "\n", encoding="utf-8")
    node(HERE / "node_modules/workbox-cli/build/bin.js", "injectManifest", str(HERE / "workbox-config.cjs"))
    shutil.rmtree(BUNDLE)
    node(HERE / "compress.mjs", str(DIST))
    write_gzip()


def write_gzip() -> None:
    """Beside each `name.br` a `name.gz`, by zopfli: a thirtieth smaller than zlib's. The server sends what
    the browser takes, and compresses nothing of these itself."""
    for compressed in DIST.glob("**/*.br"):
        file = compressed.with_suffix("")
        file.with_name(f"{file.name}.gz").write_bytes(zopfli_gzip.compress(file.read_bytes()))


def compile_field_templates() -> None:
    environment = field_environment(TEMPLATES)
    try:
        module = compile_templates(environment, find_pages(environment, "field"), "../../field/runtime.js")
    except NotInSubset as refused:
        sys.exit(f"templates/{refused}")
    target = DIST / "field/templates.js"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(module, encoding="utf-8")


def write_gate() -> None:
    """The page for browsers that cannot keep anything, as the text that static/field/gate.js shows."""
    page = field_environment(TEMPLATES).get_template("gate.html").render()
    text = json.dumps(" ".join(page.split()), ensure_ascii=False)
    (DIST / "field/gate.js").write_text(f"export default {text};\n", encoding="utf-8")


def publish() -> dict[str, str]:
    """Put bundles and icons into dist/ under hashed names, the old ones away; return their addresses."""
    sources = {path.name: path for path in BUNDLE.iterdir() if path.name != "sw.js"}
    sources |= {path.relative_to(STATIC).as_posix(): path for path in files_in(STATIC / "icons")}
    hashed = {name: hashed_name(name, path) for name, path in sources.items()}
    for name, path in sources.items():
        (DIST / hashed[name]).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, DIST / hashed[name])
    old = [path for path in [*DIST.glob("*-*.*"), *DIST.glob("icons/*")] if path.is_file()]
    for path in old:
        if path.relative_to(DIST).as_posix() not in hashed.values():
            path.unlink()
    return {name: f"/static/dist/{hashed[name]}" for name in sorted(hashed)}


def hashed_name(name: str, path: Path) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}{dot}{suffix}"


def write_shell(assets: dict[str, str]) -> None:
    """The one document the phone starts from, with the addresses of its files."""

    def asset(name: str) -> str:
        if name not in assets:
            sys.exit(f"templates/shell.html: there is no {name} in static/")
        return assets[name]

    environment = field_environment(TEMPLATES)
    environment.globals["asset"] = asset
    shell = environment.get_template("shell.html").render()
    (DIST / "shell.html").write_text(shell, encoding="utf-8")


def node(script: Path, *arguments: str) -> None:
    """Run a script with the Node of the virtual environment; if it fails, show what it said."""
    beside = Path(sys.executable).parent / "node"
    program = str(beside) if beside.exists() else "node"
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(
        [program, str(script), *arguments],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    main()
