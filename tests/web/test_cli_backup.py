"""`take-in` and `new-backup-key`: the files of phones."""

from pathlib import Path

from tests.operator import run
from tests.sync.backup_file import copied_out
from tests.sync.phone import Phone
from tests.world import World


def test_file_is_taken_in_once(lan: Phone, world: World, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "lan.tnha"
    file.write_bytes(copied_out(lan, lan.visit(world.duc)))
    whose = "Tệp của Nguyễn Thị Lan có 1 bản ghi: "
    assert run(database_url, "take-in", str(file)).stdout == whose + "đã nhận 1, đã có từ trước 0.\n"
    assert run(database_url, "take-in", str(file)).stdout == whose + "đã nhận 0, đã có từ trước 1.\n"


def test_what_cannot_be_taken_in_is_refused_with_a_sentence(
    world: World, database_url: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.tnha"
    other.write_bytes(b"a letter")
    for name in (other, tmp_path / "nowhere.tnha", tmp_path):
        refused = run(database_url, "take-in", str(name))
        assert (refused.exit_code, refused.stderr.count("\n"), refused.stdout) == (2, 1, "")


def test_phones_get_the_newer_key(lan: Phone, database_url: str) -> None:
    before = lan.exchange()["backup_key"]["id"]
    assert run(database_url, "new-backup-key", "--commune", "06391").exit_code == 0
    assert lan.exchange(key=before)["backup_key"]["id"] != before
