"""`Author.late_write`: which of two writes of a record is the newer one, for visits, sessions and remarks."""

from datetime import UTC, datetime, timedelta

from app.commune.accounts.author import Author, RecordWrite, VersionWrite
from tests.docs.sources import ROOT

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LANS, NAMS = "may-cua-lan", "may-cua-nam"


def write(seq: int, acked_version: int = 0, *, is_choice: bool = False) -> Author:
    return Author(
        "lan", LANS, seq, NOW, NOW, NOW, timedelta(0), frozenset(),
        acked_version=acked_version, is_choice=is_choice,
    )  # fmt: skip


def record(device: str, seq: int, version: int, withdrawn_at: datetime | None = None) -> RecordWrite:
    return {"device_id": device, "seq": seq, "version": version, "withdrawn_at": withdrawn_at}


def version(device: str, seq: int, number: int, *, late: bool = False) -> VersionWrite:
    return {"device_id": device, "seq": seq, "version": number, "late": late}


def late_version(author: Author, of: RecordWrite, *versions: VersionWrite) -> int:
    """The version of a late write; 0 if it is the newest."""
    found = author.late_write(of, versions)
    assert found is None or (found["device_id"], found["seq"]) == (LANS, author.seq)
    return found["version"] if found else 0


def test_of_one_phones_writes_the_one_with_the_higher_number_is_newer() -> None:
    assert late_version(write(seq=5), record(LANS, 4, 1)) == 0
    assert late_version(write(seq=4), record(LANS, 5, 2)) == 2


def test_a_write_that_arrives_after_two_later_ones_takes_the_place_of_the_earlier_of_these() -> None:
    """Among the writes of other phones it then stands where it was written, not where it arrived."""
    assert late_version(write(seq=4), record(LANS, 6, 3), version(LANS, 5, 2)) == 2
    assert late_version(write(seq=4), record(NAMS, 9, 3), version(LANS, 5, 2)) == 2


def test_another_phones_write_is_never_newer_than_a_new_one() -> None:
    assert late_version(write(seq=1), record(NAMS, 9, 7)) == 0


def test_sent_again_after_a_restore_it_is_compared_by_the_version_that_it_had() -> None:
    assert late_version(write(seq=1, acked_version=4), record(NAMS, 9, 7)) == 4
    assert late_version(write(seq=1, acked_version=8), record(NAMS, 9, 7)) == 0


def test_another_phones_late_version_was_never_the_content_but_an_own_one_is_known() -> None:
    sent_again = write(seq=3, acked_version=4)
    assert late_version(sent_again, record(NAMS, 2, 2), version(NAMS, 9, 7, late=True)) == 0
    assert late_version(sent_again, record(NAMS, 2, 2), version(NAMS, 9, 7)) == 4
    assert late_version(write(seq=3), record(NAMS, 2, 2), version(LANS, 4, 2, late=True)) == 2


def test_what_a_supervisor_chose_is_the_newest() -> None:
    assert late_version(write(seq=1, acked_version=1, is_choice=True), record(LANS, 9, 7)) == 0


def test_a_withdrawn_record_gets_no_content_any_more() -> None:
    assert late_version(write(seq=9), record(LANS, 4, 3, NOW)) == 3
    assert late_version(write(seq=9, acked_version=2), record(LANS, 4, 3, NOW), version(LANS, 3, 2)) == 2


def test_no_other_module_compares_writes_of_records() -> None:
    """Households compare theirs field by field, by the same functions of `Author`."""
    comparing = [
        file.relative_to(ROOT).as_posix()
        for file in sorted((ROOT / "app").rglob("*.py"))
        if ".is_older_than(" in file.read_text("utf-8") or ".superseding_version(" in file.read_text("utf-8")
    ]
    assert comparing == [
        "app/commune/accounts/author.py",
        "app/fieldwork/households/commands.py",
        "app/fieldwork/households/versions.py",
    ]
