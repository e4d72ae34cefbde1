"""A real PostgreSQL for the tests: the server's own initdb and pg_ctl, its own user, its own folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Folder of the newest `initdb` and `pg_ctl` on this machine, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def cluster(bin_dir: Path, fsync: str = "off") -> Iterator[str]:
    """A running server on a Unix socket; yields its folder, which is also the socket's.

    `fsync` is off: tests are about what is committed, not about this machine losing power.
    """
    folder = Path(tempfile.mkdtemp(prefix="tungnha-pg-"))
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(*arguments: str) -> None:
        subprocess.run(
            [str(bin_dir / arguments[0]), *arguments[1:]],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "tungnha", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync={fsync} -c max_connections=300"
    )
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then its own user does."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None
