"""System programs that tests need: PostgreSQL, browsers, strace. `python -m tests.machine` installs them.

It prints the packages' names and, as root on Debian or Ubuntu, installs them. Elsewhere the tests that need
them are skipped (with CI=true they fail).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import postgres

# Similar to the fonts of phones; the default of Debian is much wider.
FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Path of a Chromium on this machine, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def headless_chromium() -> str | None:
    """Path of the Chromium that has no windows, else of one that has, or None. A window of a browser costs a
    second of CPU, of `chromium-headless-shell` a fifth; the pages are drawn by the same code."""
    return shutil.which("chromium-headless-shell") or chromium()


def firefox() -> str | None:
    """Path of a Firefox on this machine, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit() -> str | None:
    """Path of WebKitGTK's WebDriver, or None."""
    return shutil.which("WebKitWebDriver")


def xvfb() -> str | None:
    """Path of the virtual X server, or None."""
    return shutil.which("Xvfb")


def strace() -> str | None:
    """Path of the program that traces system calls, or None."""
    return shutil.which("strace")


def pgbouncer() -> str | None:
    """Path of PostgreSQL's pooler of connections, or None."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


# Debian's package of `headless_chromium`; without it all tests run as well, and take longer.
QUICKER = "chromium-headless-shell"
# By Debian's package: how to find the program, and its name for other systems.
PROGRAMS = {
    "postgresql": (postgres.find_bin_dir, "PostgreSQL's server (initdb, pg_ctl)"),
    "chromium": (chromium, "Chromium or Chrome"),
    "firefox-esr": (firefox, "Firefox"),
    "webkit2gtk-driver": (webkit, "WebKitGTK's WebKitWebDriver"),
    "xvfb": (xvfb, "Xvfb"),
    "pgbouncer": (pgbouncer, "PgBouncer"),
    "strace": (strace, "strace"),
    "barman": (lambda: shutil.which("barman"), "Barman"),
    "restic": (lambda: shutil.which("restic"), "restic"),
    "openssh-client": (lambda: shutil.which("ssh-keygen"), "OpenSSH's ssh-keygen"),
    "promtool": (lambda: shutil.which("promtool"), "Prometheus' promtool"),
}


# Beside these for `make deploy-test`.
DEPLOYMENT = {
    "caddy": (lambda: shutil.which("caddy"), "Caddy"),
    "debootstrap": (lambda: shutil.which("debootstrap"), "debootstrap"),
    "systemd-container": (lambda: shutil.which("systemd-nspawn"), "systemd-nspawn"),
    "libnss3-tools": (lambda: shutil.which("certutil"), "NSS's certutil"),
}


def missing_packages(*, deployment: bool = False) -> list[str]:
    """Debian's names of the packages that are not installed."""
    programs = PROGRAMS | (DEPLOYMENT if deployment else {})
    return [package for package, (program, _) in programs.items() if program() is None]


def main(*, deployment: bool) -> None:
    wanted = missing_packages(deployment=deployment)
    has_apt = shutil.which("apt-get") is not None
    if has_apt and os.geteuid() == 0:
        _install(wanted + ([] if FONT.exists() else ["fonts-noto-core"]))
        if shutil.which(QUICKER) is None:
            _install([QUICKER], needed=False)
        wanted = missing_packages(deployment=deployment)
    if wanted:
        print(request(wanted, has_apt=has_apt), file=sys.stderr)


def request(packages: list[str], *, has_apt: bool) -> str:
    """The message that asks a person to install packages."""
    names = PROGRAMS | DEPLOYMENT
    how = f"sudo apt-get install {' '.join(packages)}"
    if not has_apt:
        how = f"please install {', '.join(names[package][1] for package in packages)}"
    return f"\n*** Programs for the tests are missing: {how}\n*** Tests that need them do NOT run.\n"


def _install(packages: list[str], *, needed: bool = True) -> None:
    """Install them. What is not `needed` may be unknown to this system, or out of reach."""
    if not packages:
        return
    print(
        f"The tests need these system packages; apt-get installs them now: {', '.join(packages)}", flush=True
    )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # The distribution's own cluster is not needed: the tests start theirs.
    Path("/etc/postgresql-common").mkdir(exist_ok=True)
    config = Path("/etc/postgresql-common/createcluster.conf")
    if not config.exists():
        config.write_text("create_main_cluster = false\n")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        errors = None if needed else subprocess.DEVNULL
        subprocess.run(
            ["apt-get", "-q", *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            check=needed,
        )


if __name__ == "__main__":
    main(deployment="deploy" in sys.argv[1:])
