"""deploy/Containerfile: its steps give an image that serves, without Node, read-only, as its own user."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import skip_without
from tests.deploy import image
from tests.deploy.debian import Debian, missing_programs
from tests.docs.sources import ROOT

FILE = ROOT / "deploy" / "Containerfile"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> image.Stage:
    """The last stage of the image. No runtime is needed: a base image of Debian is a smallest Debian."""
    if missing := missing_programs():
        skip_without(", ".join(missing))
    folder = tmp_path_factory.mktemp("image")
    base = Debian(folder / "base")
    base.create()
    return image.build(FILE, base.root, folder)


# What a runtime does by deploy/compose.yaml: only the volumes and /tmp can be written, no capability is left.
CONFINED = """
root=$1 user=$2
shift 2
mount --make-rprivate /
mount --rbind "$root" "$root"
mount -o remount,bind,ro "$root"
for folder in data backups; do
    mount --bind "$root/$folder" "$root/$folder"
    mount -o remount,bind,rw "$root/$folder"
done
mount -t tmpfs tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ip link set lo up
who="--reuid=$user --regid=$user --clear-groups"
exec chroot "$root" setpriv $who --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""


@pytest.fixture
def served(built: image.Stage) -> Iterator[subprocess.Popen[bytes]]:
    """The image's command, confined."""
    root = built.machine.root
    settings = built.environment | {
        "TUNGNHA_PUBLIC_URL": "https://tungnha.example",
        "TUNGNHA_TRUSTED_PROXIES": "172.30.71.0/24",
    }
    namespaces = [
        "unshare",
        "--mount",
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "bash",
        "-euc",
        CONFINED,
        "image",
    ]
    variables = [f"{name}={value}" for name, value in settings.items()]
    command = ["env", "-i", f"--chdir={built.folder}", *variables, *built.command]
    process = subprocess.Popen([*namespaces, str(root), built.user, *command])
    yield process
    process.kill()
    process.wait()


@pytest.mark.deploy
def test_image_has_no_node_and_serves_by_its_health_check(
    built: image.Stage, served: subprocess.Popen[bytes]
) -> None:
    assert built.user == "tungnha"
    assert built.machine.run("command -v node npm make gcc || true") == ""
    until = time.monotonic() + 60
    while is_healthy(served) is not True:
        assert time.monotonic() < until
        assert served.poll() is None, "the server ended"
        time.sleep(1)
    assert list((built.machine.root / "data").iterdir()), "the database is in the volume"


def is_healthy(served: subprocess.Popen[bytes]) -> bool:
    """Run the health check of the image where the server runs."""
    check = re.search(r'CMD \["python", "-c", "(.+)"\]', FILE.read_text("utf-8"))
    assert check
    children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text().split()
    if not children:
        return False
    inside = ["nsenter", f"--target={children[0]}", "--net", "--mount"]
    root = f"/proc/{children[0]}/root"
    command = [*inside, "chroot", root, "/usr/local/lib/tung-nha/bin/python", "-c", check[1]]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_image_runs_as_a_user_of_its_own_and_reports_its_health() -> None:
    words = [word for word, _ in image.steps(FILE)]
    last = words[len(words) - words[::-1].index("FROM") :]
    assert {"USER", "HEALTHCHECK", "CMD", "VOLUME"} <= set(last)
    assert last.index("USER") < last.index("CMD")


def test_every_service_of_compose_is_confined() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    for service in ("app", "caddy"):
        part = re.search(rf"\n  {service}:.*?\n\n", text, re.DOTALL)
        assert part
        for rule in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
            assert rule in part[0], (service, rule)
    assert re.search(r"\n  backup:\n    <<: \*app\n", text)
