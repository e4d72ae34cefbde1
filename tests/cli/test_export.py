"""`take-in` and `new-export-key`: the export files of phones."""

from pathlib import Path

import pytest

from tests.operator import run
from tests.phone import Phone
from tests.sync.export.export_file import make_export_file
from tests.world import World


def test_export_file_is_imported_once(lan: Phone, world: World, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "lan.tnha"
    file.write_bytes(make_export_file(lan, lan.visit(world.duc)))
    whose = "Tệp của Nguyễn Thị Lan có 1 bản ghi: "
    assert run(database_url, "take-in", str(file)).stdout == whose + "đã nhập 1, đã có từ trước 0.\n"
    assert run(database_url, "take-in", str(file)).stdout == whose + "đã nhập 0, đã có từ trước 1.\n"


def test_other_files_are_refused_with_a_sentence_by_the_command(
    world: World, database_url: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.tnha"
    other.write_bytes(b"a letter")
    for name in (other, tmp_path / "nowhere.tnha", tmp_path):
        refused = run(database_url, "take-in", str(name))
        assert (refused.exit_code, refused.stderr.count("\n"), refused.stdout) == (2, 1, "")


@pytest.mark.both_databases
def test_phones_get_the_newer_key(lan: Phone, database_url: str) -> None:
    before = lan.exchange()["export_key"]["id"]
    assert run(database_url, "new-export-key", "--commune", "06391").exit_code == 0
    assert lan.exchange(key=before)["export_key"]["id"] != before
