"""The wheel has all that a server reads, and serves without the project's folder."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_serve import served
from tests.deploy.installed import build_wheel, install
from tests.docs.sources import ROOT
from tests.intake.household_import.files import SAMPLE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(wheel, tmp_path_factory.mktemp("installed") / "environment")


def test_wheel_has_every_template_built_file_icon_and_table(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        packed = set(files.namelist())
    needed = {f"app/resources/{path}" for path in found("templates", "static/dist", "static/icons")}
    needed |= {path for path in found("app") if not path.endswith(".pyc")}
    assert needed - packed == set()
    assert "app/resources/static/dist/manifest.webmanifest" in packed
    assert len(needed) > 400


def found(*folders: str) -> set[str]:
    names = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in names}


def test_installed_wheel_serves_pages_files_and_the_service_worker(python: Path, tmp_path: Path) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": ""}
    with served([str(python), "-m", "app.cli", "serve"], tmp_path, **settings) as printed:
        port = (tmp_path / "output").read_text().split("127.0.0.1:")[1].split("\n")[0].strip()
        for path in ("/desk/sign-in", "/field/sign-in", "/field/sw.js", "/field/manifest.webmanifest"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                assert answer.status == 200, path
        assert any("xã Yên Bình" in line for line in printed)
    command = [
        str(python),
        "-m",
        "app.cli",
        "import-households",
        str(SAMPLE),
        "--commune",
        "06391",
        "--create-hamlets",
        "--report-dir",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
    assert "Có thể nhập" in done.stdout, done.stderr
    assert list(tmp_path.glob("danh-sach-ho-mau - *.xlsx")), "the report of rows to look at"
    assert where(python, tmp_path).is_relative_to(python.parents[1])


def where(python: Path, folder: Path) -> Path:
    """The folder of the `app` that this Python imports."""
    code = "import app; print(app.__file__)"
    done = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_server_needs_neither_node_nor_a_compiler() -> None:
    """What only a build needs is no dependency of the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for requirement in project["dependency-groups"]["build"]:
        assert f"\n{requirement.split('>')[0]}==" not in f"\n{locked}"


def test_server_imports_every_dependency_that_it_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[\[>]", requirement)[0] for requirement in project["dependencies"]}
    packages = importlib.metadata.packages_distributions()
    imported = {name for module in _imported_modules(ROOT / "app") for name in packages.get(module, [])}
    assert len(declared) > 15
    unseen = {"psycopg", "python-multipart"}  # imported by SQLAlchemy, and by FastAPI for forms
    assert declared - {name.lower().replace("_", "-") for name in imported} - unseen == set()


def _imported_modules(folder: Path) -> set[str]:
    """The first part of every module that the code below the folder imports."""
    nodes = [node for file in folder.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


def test_project_is_installed_before_anything_is_built(tmp_path: Path) -> None:
    """`make build` on a fresh clone installs the command first; `static/dist` comes later."""
    for name in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "app/__init__.py",
        "service_worker/build/wheel_files.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    code = "import sys; from hatchling import build; print(build.build_editable(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as files:
        assert [name for name in files.namelist() if name.startswith("app/")] == []
