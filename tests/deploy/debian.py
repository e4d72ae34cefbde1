"""A fresh Debian in a folder, booted with systemd in a network of its own. Needs root, debootstrap and
systemd-nspawn."""

import os
import shutil
import subprocess
import time
from pathlib import Path

RELEASE = "trixie"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
BOOT_SECONDS = 120
# systemd needs the unified hierarchy; the machine gets a group of its own in it.
PREPARE = """
mount --make-rprivate /
if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
    umount -l /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
mkdir -p /sys/fs/cgroup/machine.$$ && echo $$ > /sys/fs/cgroup/machine.$$/cgroup.procs
exec systemd-nspawn --register=no --keep-unit --quiet --console=pipe "$@"
"""


def missing_programs() -> list[str]:
    """What this machine lacks to make a Debian."""
    programs = [name for name in ("debootstrap", "systemd-nspawn", "nsenter") if shutil.which(name) is None]
    return programs + (["root"] if os.geteuid() else [])


class Debian:
    """The machine in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process: subprocess.Popen[bytes] | None = None
        self.leader = 0  # the id of its first process

    def create(self, *packages: str) -> None:
        """Install the smallest Debian and `packages`."""
        options = (
            ["--variant=minbase", f"--include={','.join(packages)}"] if packages else ["--variant=minbase"]
        )
        command = ["debootstrap", *options, RELEASE, str(self.root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]

    def run(self, script: str, folder: str = "/root", **environment: str) -> str:
        """Run a script before the machine boots, with the network of this one; what it prints."""
        trusted = "/run/trusted.crt"  # what this machine trusts, for packages from the registries
        variables = {
            "PIP_CERT": trusted,
            "NODE_EXTRA_CA_CERTS": trusted,
            "npm_config_cafile": trusted,
        } | environment
        options = [f"--directory={self.root}", f"--chdir={folder}", "--resolv-conf=copy-host"]
        options += [f"--bind-ro={CERTIFICATES}:{trusted}"] if CERTIFICATES.exists() else []
        options += [f"--setenv={name}={value}" for name, value in variables.items()]
        return _output(
            ["unshare", "--mount", "bash", "-euc", PREPARE, "run", *options, "bash", "-euc", script]
        )

    def boot(self) -> None:
        """Start systemd, and wait until it has started what is enabled."""
        options = [f"--directory={self.root}", "--private-network", "--boot"]
        command = ["unshare", "--mount", "bash", "-euc", PREPARE, "boot", *options]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + BOOT_SECONDS
        while self._state() not in ("running", "degraded"):
            assert time.monotonic() < until, f"it does not boot: {self._state()}"
            assert self._process.poll() is None, "systemd-nspawn ended"
            time.sleep(0.5)

    def execute(self, script: str, folder: str = "/root") -> str:
        """Run a script on the booted machine; what it prints."""
        return _output([*self._inside(), "env", "-i", f"PATH={os.defpath}:/usr/sbin:/sbin:/usr/local/bin",
                        "LANG=C.UTF-8", "HOME=/root", "bash", "-euc", f"cd {folder}\n{script}"])  # fmt: skip

    def stop(self) -> None:
        """Kill the machine."""
        if self._process is not None:
            self._process.terminate()  # systemd-nspawn passes it on
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _inside(self) -> list[str]:
        return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid"]

    def _state(self) -> str:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        found = children.read_text().split() if children.exists() else []
        if not found:
            return ""
        self.leader = int(found[0])
        command = [*self._inside(), "systemctl", "is-system-running"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _output(command: list[str]) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
