"""Saving the form of reports: what is typed, and what is refused."""

import pytest
from sqlmodel import Session

from app.core.db import Database
from app.core.desk_log import stored_entries
from app.core.errors import Invalid, StaleDecision
from app.reports.report_form.commands import TypedReportForm, read_form, save_form
from app.reports.report_form.models import ReportForm, form_of
from tests.cases import cases
from tests.conftest import NOW
from tests.reports.random_commune import binh
from tests.world import World

TYPED = TypedReportForm(
    signature="deputy",
    series="Số: …/bc-ubnd",
    addressees="- Sở Khoa học và Công nghệ;\n\n- Ủy ban nhân dân tỉnh.",
    receivers="Đảng ủy xã",
    drafting_unit="VHXH.",
)


def test_lists_are_read_without_their_signs() -> None:
    assert read_form(TYPED) == ReportForm(
        signature="deputy",
        series="BC-UBND",
        addressees=("Sở Khoa học và Công nghệ", "Ủy ban nhân dân tỉnh"),
        receivers=("Đảng ủy xã",),
        drafting_unit="VHXH",
    )


@cases(
    "typed, fields",
    [
        ({}, ["signature"]),
        ({"signature": "mayor"}, ["signature"]),
        ({"signature": "department", "series": "BC-VHXH"}, ["department"]),
        ({"signature": "department", "department": "Phòng Văn hóa - Xã hội"}, ["series"]),
        ({"signature": "head", "department": "a" * 161}, ["department"]),
        ({"signature": "head", "department": "Phòng\nVăn hóa"}, ["department"]),
        ({"signature": "chairman", "series": "TB-UBND"}, ["series"]),
        ({"signature": "chairman", "series": "BC-UBND 2026"}, ["series"]),
        ({"signature": "chairman", "addressees": "\n".join("abcdefghijklm")}, ["addressees"]),
        ({"signature": "chairman", "receivers": "Sở\n" + "a" * 161}, ["receivers"]),
        ({"signature": "chairman", "addressees": "Ông Long, 0912 345 678"}, ["addressees"]),
        ({"signature": "chairman", "drafting_unit": "a" * 41}, ["drafting_unit"]),
        (
            {"signature": "x", "series": "y", "drafting_unit": "a" * 41},
            ["signature", "series", "drafting_unit"],
        ),
    ],
)
def test_what_is_not_understood_is_refused_and_named(typed: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_form(TypedReportForm(**typed))
    assert refused.value.fields == fields


def test_colleague_is_not_overwritten_unseen(world: World, database: Database) -> None:
    def save(typed: TypedReportForm, seen: int) -> None:
        database.write(lambda session: save_form(session, binh(session, world), typed, seen, NOW))

    save(TYPED, 0)
    save(TYPED, 0)  # the same again changes nothing
    with pytest.raises(StaleDecision):
        save(TypedReportForm(signature="chairman"), 0)
    save(TypedReportForm(signature="chairman"), 1)

    def found(session: Session) -> ReportForm:
        return form_of(session, world.commune_id)

    assert database.read(found) == ReportForm("chairman")
    entries = [one for one in database.read(stored_entries) if one["what"] == "settings.changed"]
    assert {one["report_signature"] for one in entries} == {"deputy", "chairman"}
    assert len(entries) == 2
    assert not any("Khoa học" in str(one) for one in entries), "the log has no texts"
