"""Builds static/dist/: templates to JavaScript, bundles, the shell and the service worker.

Run it from anywhere: ``.venv/bin/python service_worker/build``. If no source has changed since the
last build, it does nothing. Files whose names carry a hash of their content may be cached for ever;
``assets.json`` says where each is; ``name.br`` and ``name.gz`` are the same file, compressed. Needs the
packages of service_worker/package-lock.json, which ``make build`` installs.

With ``--fast`` nothing is minified by terser or compressed: a third of the time, for `make dev` and for tests
that build a changed copy.
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

from jinja2 import Environment
from markupsafe import Markup
from zopfli import gzip as zopfli_gzip

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bundle_pages import pages_of
from catalog import (
    TRANSLATED,
    compile_catalogs,
    mo_file,
    phone_module,
    po_file,
)
from template_compiler import (
    NotInSubset,
    compile_templates,
    field_environment,
    find_pages,
)

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "service_worker"
BUILD = HERE / "build"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
DIST = STATIC / "dist"
BUNDLE = DIST / ".bundle"
# Folders of static/ that are copied as they are.
PICTURES = ("icons", "handbook")
# Modules of compiled templates, and the entries of the bundles that have them.
TEMPLATE_MODULES = {"templates": "boot/main.ts", "laterTemplates": "boot/secondBundle.ts"}
# What the catalog and the guides of practice are made from.
PRACTICE_SOURCES = [
    BUILD / "practice_rows.py",
    *(
        ROOT / "app" / name
        for name in ("commune/catalog/services.py", "commune/guides", "core/law", "sync/wire/rows.py")
    ),
]
STAMP = DIST / ".stamp"
MANIFEST = "manifest.webmanifest"
DOCUMENT_HEADERS = ROOT / "app" / "web" / "document_headers.json"


def main(fast: bool) -> None:
    """Build if a source changed. Exits with 1 and a message if the sources are wrong."""
    with build_lock():
        digest = f"{sources_digest()}{' fast' if fast else ''}"
        if not is_built(digest):
            build(fast)
            outputs = sorted(path.relative_to(DIST).as_posix() for path in files_in(DIST))
            STAMP.write_text(json.dumps({"sources": digest, "outputs": outputs}), encoding="utf-8")


@contextmanager
def build_lock() -> Iterator[None]:
    """Concurrent builds would remove each other's files."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def sources_digest() -> str:
    """A hash of the names and contents of all sources."""
    catalogs = [po_file(language) for language in TRANSLATED]
    return digest_of(
        TEMPLATES / "field",
        *(path for path in STATIC.iterdir() if path != DIST),
        HERE / "template_compiler",
        BUILD,
        *PRACTICE_SOURCES,
        *TEMPLATES.glob("*.html"),
        *HERE.glob("*.*"),
        *catalogs,
        DOCUMENT_HEADERS,
    )


def digest_of(*sources: Path) -> str:
    """A hash of the names and contents of files, and of all files in folders."""
    digest = hashlib.sha256()
    for path in sorted({path for source in sources for path in files_in(source)}):
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
    outputs = [*(DIST / name for name in stamp["outputs"]), *map(mo_file, TRANSLATED)]
    return bool(stamp["sources"] == digest) and all(output.exists() for output in outputs)


def build(fast: bool) -> None:
    compile_catalogs()
    compile_field_templates()
    write_gate()
    write_sprite()
    write_phone_catalogs()
    write_practice_rows()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    node(BUILD / "bundle.mjs", str(BUNDLE), *(["fast"] if fast else []))
    assets = publish()
    write_shell(assets)
    shutil.copyfile(STATIC / "field" / MANIFEST, DIST / MANIFEST)
    (DIST / "assets.json").write_text(json.dumps(assets, indent=2) + "\n", encoding="utf-8")
    node(HERE / "node_modules/workbox-cli/build/bin.js", "injectManifest", str(HERE / "workbox-config.cjs"))
    complete_worker()
    shutil.rmtree(BUNDLE)
    for compressed in [*DIST.glob("**/*.br"), *DIST.glob("**/*.gz")]:
        compressed.unlink()
    if not fast:
        node(BUILD / "compress.mjs", str(DIST))
        write_gzip()


def write_gzip() -> None:
    """Write a `name.gz` for each `name.br`, with zopfli: a thirtieth smaller than zlib's. The server sends
    these files and does not compress them itself."""
    for compressed in DIST.glob("**/*.br"):
        file = compressed.with_suffix("")
        file.with_name(f"{file.name}.gz").write_bytes(zopfli_gzip.compress(file.read_bytes()))


def compile_field_templates() -> None:
    environment = field_environment(TEMPLATES)
    modules = {name: pages_of(STATIC / "field" / entry) for name, entry in TEMPLATE_MODULES.items()}
    if unshown := set(find_pages(environment, "field")).difference(*modules.values()):
        sys.exit(f"templates/: no code shows {', '.join(sorted(unshown))} by page()")
    (DIST / "field").mkdir(parents=True, exist_ok=True)
    for name, pages in modules.items():
        try:
            module = compile_templates(environment, pages, "../../field/server/templateRuntime.ts")
        except NotInSubset as error:
            sys.exit(f"templates/{error}")
        (DIST / "field" / f"{name}.js").write_text(module, encoding="utf-8")


def write_phone_catalogs() -> None:
    for language in TRANSLATED:
        (DIST / f"field/{language}.js").write_text(phone_module(language), encoding="utf-8")


def write_practice_rows() -> None:
    """Write the rows with which a phone practises, unless they were made from the same sources."""
    file = DIST / "field/practiceRows.js"
    stamp = f"// {digest_of(*PRACTICE_SOURCES)}\n"
    if not (file.exists() and file.read_text(encoding="utf-8").startswith(stamp)):
        file.write_text(stamp + output_of(sys.executable, BUILD / "practice_rows.py"), encoding="utf-8")


def write_gate() -> None:
    """Write the page for browsers without durable storage as a string for static/field/boot/gate.ts."""
    page = field_environment(TEMPLATES).get_template("gate.html").render()
    text = json.dumps(" ".join(page.split()), ensure_ascii=False)
    (DIST / "field/gate.js").write_text(f"export default {text};\n", encoding="utf-8")


def write_sprite() -> None:
    """Write the shapes of the icons as a string for static/field/boot/main.ts: the first visit transfers the
    bundle once, but the shell twice, as page and for the service worker."""
    page = '{% from "macros.html" import sprite %}{{ sprite() }}'
    sprite = field_environment(TEMPLATES).from_string(page).render()
    text = json.dumps(sprite.strip().replace("\n", ""), ensure_ascii=False)
    (DIST / "field/sprite.js").write_text(f"export default {text};\n", encoding="utf-8")


def publish() -> dict[str, str]:
    """Copy bundles and pictures to dist/ under hashed names, delete old ones, return the new addresses."""
    sources = {path.name: path for path in BUNDLE.iterdir() if path.name != "sw.js"}
    pictures = [path for folder in PICTURES for path in files_in(STATIC / folder)]
    sources |= {path.relative_to(STATIC).as_posix(): path for path in pictures}
    # The phone derives the addresses of practice and of a catalog from that of the later pages.
    together = ["later.js", "practice.js", *(f"{language}.js" for language in TRANSLATED)]
    hashed = {
        name: hashed_name(name, *(sources[one] for one in (together if name in together else [name])))
        for name in sources
    }
    for name, path in sources.items():
        (DIST / hashed[name]).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, DIST / hashed[name])
    folders = [path for folder in PICTURES for path in DIST.glob(f"{folder}/*")]
    old = [path for path in [*DIST.glob("*-*.*"), *folders] if path.is_file()]
    for path in old:
        if path.relative_to(DIST).as_posix() not in hashed.values():
            path.unlink()
    return {name: f"/static/dist/{hashed[name]}" for name in sorted(hashed)}


def hashed_name(name: str, *paths: Path) -> str:
    """The name with a hash of these files."""
    stem, dot, suffix = name.rpartition(".")
    content = b"".join(path.read_bytes() for path in paths)
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}{dot}{suffix}"


def write_shell(assets: dict[str, str]) -> None:
    """Write the shell, the document that the phone starts from, with the addresses of its files; and the one
    of a first visit, in which the sign-in page is on screen before the app's code has come."""

    def asset(name: str) -> str:
        if name not in assets:
            sys.exit(f"templates/shell.html: there is no {name} in static/")
        return assets[name]

    environment = field_environment(TEMPLATES)
    environment.globals["asset"] = asset
    shell = environment.get_template("shell.html")
    page = sign_in_page(environment)
    for name, content in {"shell.html": "", "sign-in.html": page}.items():
        lines = map(str.strip, shell.render(page=content).splitlines())
        (DIST / name).write_text("\n".join(filter(None, lines)), encoding="utf-8")


def complete_worker() -> None:
    """Give the worker the shell, and the headers with which the server sends a document."""
    file = DIST / "sw.js"
    text = file.read_text(encoding="utf-8")
    headers = json.loads(DOCUMENT_HEADERS.read_text(encoding="utf-8"))
    values = {
        "self.SHELL": (DIST / "shell.html").read_text(encoding="utf-8"),
        "self.DOCUMENT_HEADERS": {"Content-Type": "text/html; charset=utf-8"} | headers,
    }
    for name, value in values.items():
        before, after = text.split(name)
        text = before + json.dumps(value, ensure_ascii=False) + after
    file.write_text(text, encoding="utf-8")


def sign_in_page(environment: Environment) -> Markup:
    """The sign-in page as the phone renders it for nobody, with what `paintStored` reads of a page."""
    names = "account_id failed notice invite invite_error phone phone_error".split()
    nothing: dict[str, object] = dict.fromkeys(names, "")
    page = environment.get_template("first_visit.html").render(
        nothing, signed_in=False, again=False, errors=[]
    )
    return Markup(page.split("</title>")[1].strip())  # noqa: S704 - a template has escaped it


def node(script: Path, *arguments: str) -> None:
    """Run a script with the Node of the virtual environment; if it fails, exit with its output."""
    bundled = Path(sys.executable).parent / "node"
    output_of(bundled if bundled.exists() else "node", script, *arguments)


def output_of(*command: str | Path) -> str:
    """Run a program in service_worker/; if it fails, exit with its output."""
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1", "PYTHONIOENCODING": "utf-8"}
    completed = subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if completed.returncode:
        sys.exit(completed.stdout + completed.stderr)
    return completed.stdout


if __name__ == "__main__":
    main(fast="--fast" in sys.argv[1:])
