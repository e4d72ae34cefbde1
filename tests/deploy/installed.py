"""The wheel, built from this project and installed outside it."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from tests.docs.sources import ROOT


def build_wheel(folder: Path) -> Path:
    """Build the wheel as `make wheel` does, into `folder`."""
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel in a new environment; its Python. Dependencies are those of the tests, whose own
    `app` is not found: Python does not follow the `.pth` files of a folder that a `.pth` file names."""
    venv.create(folder, with_pip=False)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    with zipfile.ZipFile(wheel) as files:
        files.extractall(packages)
    own = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "dependencies.pth").write_text(f"{own}\n")
    return folder / "bin" / "python"


def files_of_project(which: str) -> list[str]:
    """Paths of the project's files that git knows as `which` (*--cached*, *--modified*), and of new ones."""
    listed = ["git", "ls-files", "-z", which, "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in found if name and (ROOT / name).exists()]
