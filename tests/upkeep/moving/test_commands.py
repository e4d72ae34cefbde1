"""*Moving a commune* of docs/operate.md, command by command, with the commune's own name."""

import re
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from app.commune.areas import Commune
from app.fieldwork.visits.models import Visit
from tests.mutants.copies import ROOT
from tests.operator import run_forked
from tests.phone import Phone, sign_in
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.moving.conftest import CODE, Move
from tests.world import LAN, World

OWN = "127.0.0.2"


def commands(heading: str) -> list[str]:
    page = (ROOT / "docs" / "operate.md").read_text("utf-8")
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"`tung-nha ([^`]+)`", section)


def run(instance: Instance, command: str, **words: str) -> CompletedProcess[str]:
    for name, value in words.items():
        command = command.replace(name.replace("_", "…"), value)
    settings = {"TUNGNHA_DATA_DIR": str(instance.settings.data_dir)}
    return run_forked(instance.settings.database_url, *command.split(), **settings)


def go(move: Move, leave: str, words: dict[str, str]) -> None:
    """The commune leaves, once that is confirmed; the file is encrypted and its owner's."""
    file = Path(words["FILE"])
    asked = run(move.old, leave, **words)
    assert (asked.returncode, asked.stdout, "--leave" in asked.stderr) == (2, "", True)
    assert not file.exists()
    done = run(move.old, f"{leave} --leave", **words)
    assert (done.returncode, f"Commune {CODE} has left." in done.stdout) == (0, True), done.stderr
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert file.stat().st_mode & 0o077 == 0


def take_back(move: Move, undo: str, lan: Phone, queue: dict[str, Any], words: dict[str, str]) -> None:
    """The commune is here again, and takes what its phone has."""
    asked = run(move.old, undo.removesuffix(" --not-imported"), **words)
    assert (asked.returncode, "--not-imported" in asked.stderr) == (2, True)
    assert run(move.old, undo, **words).stdout == f"Commune {CODE} is here again.\n"
    assert lan.statuses(queue) == ["applied"]


def test_page_walked_literally(move: Move, world: World, tmp_path: Path) -> None:
    (name,) = commands("A name of its own")
    keys, leave, arrive, undo = commands("Moving a commune")
    assert run(move.old, name, CODE=CODE, NAME=OWN).returncode == 0
    client = move.old.browser()
    client.base_url = f"http://{OWN}:8000"
    lan = sign_in(client, *LAN, move.old.clock())
    lan.exchange(lan.visit(world.duc))

    printed = run(move.new, keys).stdout
    private, public = re.findall(r"AGE-SECRET-KEY-1\S+|age1\S+", printed)
    key, file = tmp_path / "key", str(tmp_path / "commune.file")
    key.write_text(private)
    words = {"CODE": CODE, "KEYFILE": str(key), "FILE": file, "age1_": public}
    go(move, leave, words)
    refused = run(move.new, "import-commune FILE", FILE=file)
    assert (refused.returncode, "--key" in refused.stderr) == (2, True)
    queue = lan.visit(world.mai)
    assert lan.send(queue).json()["error"] == "commune_off"

    take_back(move, undo, lan, queue, words)
    Path(file).unlink()
    assert run(move.old, f"{leave} --leave", **words).returncode == 0

    done = run(move.new, arrive, **words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert f"Xã Yên Bình ({CODE}) has arrived" in done.stdout
    assert done.stdout.endswith(
        f"Its phones go on at https://{OWN} as soon as that name leads here.\ncheck: ok\n"
    )
    again = run(move.new, arrive, **words)
    assert (again.returncode, "has started on this instance already" in again.stderr) == (2, True)
    move.follow(lan)
    assert lan.statuses(queue) == ["duplicate"]
    assert len(move.new.rows(Visit)) == 2
    assert [one.host for one in move.new.rows(Commune) if one.code == CODE] == [OWN]
    looked = run(move.new, "check")
    assert (looked.returncode, looked.stdout.count(": ok")) == (0, 14), looked.stdout


def test_page_of_the_old_address_walked_literally(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    keys, _leave, arrive, _undo = commands("Moving a commune")
    leave, carry, apply = commands("Without a name of its own")
    move.name(None)
    lan.exchange()
    printed = run(move.new, keys).stdout
    private, public = re.findall(r"AGE-SECRET-KEY-1\S+|age1\S+", printed)
    key, file, queues = tmp_path / "key", tmp_path / "commune.file", tmp_path / "queues.file"
    key.write_text(private)
    words = {"CODE": CODE, "KEYFILE": str(key), "FILE": str(file), "age1_": public, "NAME": "moi.example"}
    go(move, leave, words)
    assert run(move.new, arrive, **words).returncode == 0
    assert lan.exchange(lan.visit(world.mai))["moved"]["address"] == "https://moi.example"
    words |= {"FILE": str(queues)}
    done = run(move.old, carry, **words)
    assert (done.returncode, ": 1 operations" in done.stdout) == (0, True), done.stderr
    assert queues.read_bytes().startswith(b"age-encryption.org/v1")
    for counted in ("1 applied, 0 known before", "0 applied, 1 known before"):
        applied = run(move.new, apply, **words)
        assert applied.returncode == 0, applied.stderr
        assert applied.stdout == (
            f"Xã Yên Bình ({CODE}): 1 operations. {counted}, 0 to be decided at the desk.\n"
        )
    assert [one.household_id for one in move.new.rows(Visit)] == [world.mai]
    refused = run(move.new, carry, **words | {"FILE": str(tmp_path / "none")})
    assert (refused.returncode, "has not moved" in refused.stderr) == (2, True)


def test_command_on_a_commune_that_has_left_is_refused_in_a_sentence(move: Move) -> None:
    move.leave()
    refused = run(
        move.old,
        "invite --name Thử --phone 0912345678 --hamlet Thôn --create-hamlet --commune CODE",
        CODE=CODE,
    )
    assert refused.returncode == 2
    assert refused.stderr == "The commune is not at work on this instance: has it moved?\n"
