"""Encrypted at rest: what is stated and what is seen are said beside each other."""

import os
import tempfile
from pathlib import Path
from typing import Literal

from app.core.config import Settings
from app.upkeep.storage import storage_state
from tests.cases import cases

Stated = Literal["", "yes", "no"]


def _sys(folder: Path, *uuids: str) -> Path:
    """What the kernel shows: the device of `folder` and those below it, each with the uuid of its mapping."""
    device = os.stat(folder).st_dev
    sys = Path(tempfile.mkdtemp(dir=folder))
    link = sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}"
    link.parent.mkdir(parents=True)
    above: Path | None = None
    for number, uuid in enumerate(uuids):
        real = sys / "devices" / f"dm-{number}"
        (real / "dm").mkdir(parents=True)
        (real / "slaves").mkdir()
        (real / "dm" / "uuid").write_text(uuid)
        (link if above is None else above / "slaves" / real.name).symlink_to(real)
        above = real
    return sys


@cases(
    "uuids, seen",
    [
        (("CRYPT-LUKS2-1-root",), "encrypted"),
        (("LVM-1", "CRYPT-LUKS2-2-disk"), "encrypted"),
        (("LVM-1", "LVM-2"), "not_seen"),
        ((), "unknown"),
    ],
)
def test_encryption_is_seen_through_the_devices(uuids: tuple[str, ...], seen: str, tmp_path: Path) -> None:
    state = storage_state(Settings(data_dir=tmp_path), _sys(tmp_path, *uuids))
    assert (state.seen, state.stated) == (seen, "")


@cases(
    "stated, beginning",
    [
        ("yes", "encrypted, as TUNGNHA_ENCRYPTED_AT_REST states"),
        ("no", "NOT ENCRYPTED"),
        ("", "NOT STATED whether it is encrypted: set TUNGNHA_ENCRYPTED_AT_REST to yes or no"),
    ],
)
def test_sentence_says_what_is_stated(stated: Stated, beginning: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encrypted_at_rest=stated)
    sentence = storage_state(settings, _sys(tmp_path, "LVM-1")).sentence
    assert sentence.startswith(beginning)
    assert sentence.endswith(f"({tmp_path}: no encrypted device is seen below it)")


def test_database_elsewhere_is_out_of_sight(tmp_path: Path) -> None:
    address = "postgresql+psycopg://tungnha:secret@db.example/tungnha"
    state = storage_state(
        Settings(data_dir=tmp_path, database_url=address), _sys(tmp_path, "CRYPT-LUKS2-1-x")
    )
    assert (state.seen, state.place) == ("unknown", "the database on db.example")


def test_folder_that_is_not_there_yet_is_looked_at_above(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var" / "data")
    assert storage_state(settings, _sys(tmp_path, "CRYPT-LUKS2-1-root")).seen == "encrypted"
