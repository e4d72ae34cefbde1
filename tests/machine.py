"""Bring what tests need besides Python packages: PostgreSQL, browsers, strace. `python -m tests.machine`.

On Debian as root they are installed; elsewhere a loud sentence says what is missing and which tests
will be skipped (with CI=true a skip is a failure).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import postgres

# Close to what phones show; Debian's usual fallback is a good deal wider.
FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Path of a Chromium on this machine, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def firefox() -> str | None:
    """Path of a Firefox on this machine, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit() -> str | None:
    """Path of the driver that brings WebKitGTK's MiniBrowser with it, or None."""
    return shutil.which("WebKitWebDriver")


def xvfb() -> str | None:
    """Path of the X server without a screen, or None."""
    return shutil.which("Xvfb")


def strace() -> str | None:
    """Path of the program that tells who waits for the disk, or None."""
    return shutil.which("strace")


# By Debian's names.
PROGRAMS = {
    "postgresql": postgres.programs,
    "chromium": chromium,
    "firefox-esr": firefox,
    "webkit2gtk-driver": webkit,
    "xvfb": xvfb,
    "strace": strace,
}


def missing_packages() -> list[str]:
    """Debian's names of what is not here."""
    return [package for package, program in PROGRAMS.items() if program() is None]


def main() -> None:
    wanted = missing_packages()
    if shutil.which("apt-get") and os.geteuid() == 0:
        _install(wanted + ([] if FONT.exists() else ["fonts-noto-core"]))
        wanted = missing_packages()
    if wanted:
        print(
            f"\n*** MISSING: {', '.join(wanted)}. The tests that need them will NOT run. ***\n"
            f"*** On Debian: sudo apt-get install {' '.join(wanted)} ***\n",
            file=sys.stderr,
        )


def _install(packages: list[str]) -> None:
    if not packages:
        return
    print(f"Installing {', '.join(packages)}…", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # A server of the distribution's own would only take up a port: the tests start theirs.
    Path("/etc/postgresql-common").mkdir(exist_ok=True)
    config = Path("/etc/postgresql-common/createcluster.conf")
    if not config.exists():
        config.write_text("create_main_cluster = false\n")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-q", *command], env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
