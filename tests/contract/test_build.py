"""The files that service_worker/build writes to static/dist/."""

import gzip
import hashlib
import json
import re
import resource
import subprocess
import sys

import pytest

from .renderers import ROOT

DIST = ROOT / "static/dist"
BUILD = [sys.executable, str(ROOT / "service_worker/build")]


@pytest.fixture(scope="module")
def assets() -> dict[str, str]:
    """The addresses of the built files by name."""
    subprocess.run(BUILD, check=True)
    addresses: dict[str, str] = json.loads((DIST / "assets.json").read_text(encoding="utf-8"))
    return addresses


def test_an_address_has_a_hash_of_its_content(assets: dict[str, str]) -> None:
    assert {"field.js", "app.css"} <= set(assets)
    for name, address in assets.items():
        # The phone derives the addresses of practice and of the catalog from that of the later pages.
        together = [assets[name] for name in ("later.js", "practice.js", "en.js")]
        hashed = together if address in together else [address]
        content = b"".join((ROOT / one.removeprefix("/")).read_bytes() for one in hashed)
        stem, _, suffix = name.rpartition(".")
        assert address == f"/static/dist/{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"


def test_the_shell_names_only_built_files(assets: dict[str, str]) -> None:
    icon = "/static/icons/icon.svg"  # which the manifest names too: it is fetched once
    assert (DIST.parent / "icons/icon.svg").is_file()
    for document in ("shell.html", "sign-in.html"):
        named = set(re.findall(r'"(/static/[^"]*)"', (DIST / document).read_text(encoding="utf-8")))
        assert {assets["field.js"], assets["app.css"]} <= named
        assert named <= {icon, *assets.values()}


def test_the_document_of_a_first_visit_waits_for_no_file_before_its_first_frame(
    assets: dict[str, str],
) -> None:
    """A script, or a style sheet before what is drawn, would hold it up for as long as it takes on 2G."""
    document = (DIST / "sign-in.html").read_text(encoding="utf-8")
    drawn = document.index('<svg class="splash"')

    assert "<main" in document[drawn:]
    assert "<script" not in document[:drawn]
    assert "stylesheet" not in document[:drawn]
    assert document.index("<main") < document.index("<script") < document.index('rel="stylesheet"')


def test_the_worker_has_the_shell_and_its_files_and_is_no_development_build(
    assets: dict[str, str],
) -> None:
    worker = (DIST / "sw.js").read_text(encoding="utf-8")
    precached = re.findall(r'"?url"?:"([^"]*)"', worker)

    files = [assets[name] for name in ("start.js", "field.js", "later.js", "practice.js", "en.js", "app.css")]
    assert precached[0] == assets["start.js"]  # without which the app does not start
    assert sorted(precached) == sorted(files)
    assert json.dumps((DIST / "shell.html").read_text(encoding="utf-8"), ensure_ascii=False) in worker
    assert "process.env" not in worker
    assert "__WB_MANIFEST" not in worker


def test_compressed_files_have_the_same_content(assets: dict[str, str]) -> None:
    for address in (assets["field.js"], assets["app.css"], "/static/dist/sw.js", "/static/dist/shell.html"):
        file = ROOT / address.removeprefix("/")
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()
        assert file.with_name(f"{file.name}.br").stat().st_size < file.stat().st_size / 2


def test_the_first_visit_fits_its_budget(assets: dict[str, str]) -> None:
    """80 kB before the app works offline, of which 6 kB are document, headers, icon and manifest, and 8 kB
    CSS. Every browser that runs the app takes Brotli; tests/e2e/test_first_visit.py counts what is sent."""
    sizes = {
        name: (DIST / f"{name}.br").stat().st_size
        for name in (
            "sw.js",
            *(assets[key].rsplit("/", 1)[1] for key in ("start.js", "field.js", "app.css")),
        )
    }

    assert sum(sizes.values()) <= 73_700, sizes
    assert sum(size for name, size in sizes.items() if name.endswith(".css")) <= 8_000, sizes


def test_a_build_without_changed_sources_is_quick_and_writes_nothing(assets: dict[str, str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in DIST.rglob("*")}
    seconds = _children_cpu_seconds()

    subprocess.run(BUILD, check=True)

    assert _children_cpu_seconds() - seconds < 1
    assert {path: path.stat().st_mtime_ns for path in DIST.rglob("*")} == before


def _children_cpu_seconds() -> float:
    """CPU seconds of this process's ended children. Unlike time on the clock, they do not depend on other
    load."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
