"""`make dev`: the demo server, started again when Python or a template changes.

When the phone's code changes it is built first. A browser has to be reloaded by hand, and the phone then
offers *Có bản mới*.
"""

import subprocess
import sys
from pathlib import Path

from watchfiles import DefaultFilter, watch

ROOT = Path(__file__).parents[1]
SERVER = [sys.executable, "-m", "app.cli", "serve"]
BUILD = [sys.executable, "service_worker/build", "--fast"]
# Folders that are watched, and whether the build reads them.
FOLDERS = {"app": False, "templates": True, "static": True, "service_worker": True}


class Sources(DefaultFilter):
    """Every file but those that are built or installed."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "dist")


def main() -> None:
    """Run until Ctrl+C."""
    server = subprocess.Popen(SERVER, cwd=ROOT)
    try:
        for changes in watch(*(ROOT / folder for folder in FOLDERS), watch_filter=Sources()):
            server = restart(server, {Path(path).relative_to(ROOT) for _, path in changes})
    except KeyboardInterrupt:
        pass
    finally:
        server.terminate()
        server.wait()


def restart(server: "subprocess.Popen[bytes]", paths: set[Path]) -> "subprocess.Popen[bytes]":
    """Restart the server, unless the build fails; returns the running one."""
    print(f"Changed: {', '.join(sorted(map(str, paths)))}", flush=True)
    if any(FOLDERS[path.parts[0]] for path in paths):
        done = subprocess.run(BUILD, cwd=ROOT, check=False)
        if done.returncode:
            return server
    server.terminate()
    server.wait()
    return subprocess.Popen(SERVER, cwd=ROOT)


if __name__ == "__main__":
    main()
