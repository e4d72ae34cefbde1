"""Declared forms (`app/web/forms.py`): each kind of field, what is refused and in which words, what stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from app.core.db import Database
from app.core.errors import Invalid, NameTaken, NotFound, StaleDecision, TextRefused
from app.web.forms import (
    At,
    Code,
    Codes,
    Day,
    Field,
    FieldError,
    Filled,
    Flag,
    Form,
    Id,
    Ids,
    Number,
    Text,
    Values,
    Version,
    name_field,
    submit,
)
from app.web.rendering import environment
from tests.cases import cases

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
COLOURS = {"red": "Đỏ", "blue": "Xanh"}
ID = "018f2a5c-0000-7000-8000-000000000001"
NAME = name_field("name", "Tên tổ", "Nhập tên tổ.")
NUMBER = Number("count", "Số", least=1, most=28)
CODE = Code("colour", "Màu", wrong="Chọn một màu.", options=COLOURS)
CODES = Codes("colour", "Màu", wrong="Chọn hai màu.", options=COLOURS, least=1, most=2)
LINES = Text("why", "Lý do", lines=3, most=20, missing="Ghi lý do.", long="Ngắn hơn.", odd="Ký tự lạ.")
KINDS = [
    NAME,
    LINES,
    NUMBER,
    CODE,
    CODES,
    Day("on"),
    Id("one", wrong="Chọn."),
    Ids("many", wrong="Chọn."),
    Flag("all"),
    Version(),
]
HOSTILE = ["\x00", "\ud800", "\u202e", "x" * 100_000, "<script>", "' OR 1=1", "٣", "١/١/٢٠٢٧", "9" * 400]


@cases(
    "field, sent, value",
    [
        (NAME, ["  Tổ  Đông "], "  Tổ  Đông "),  # as typed: the domain says how it is stored
        (Text("note"), [], ""),
        (Text("note"), ["một", "hai"], "hai"),
        (LINES, ["một\nhai"], "một\nhai"),
        (Day("on"), [], None),
        (Day("on"), [" "], None),
        (Day("on"), ["24/11/2026"], TODAY),
        (Day("on"), ["25/11"], date(2025, 11, 25)),
        (Day("on", lies_ahead=True), ["25/11"], date(2026, 11, 25)),
        (Day("on", lies_ahead=True), ["23/11"], date(2027, 11, 23)),
        (NUMBER, ["28"], 28),
        (NUMBER, [" 1 "], 1),
        (Number("count", is_wanted=False), [""], None),
        (CODE, ["red"], "red"),
        (Code("colour", options=COLOURS, is_wanted=False), [], ""),
        (CODES, ["blue", "red"], ("blue", "red")),
        (CODES, ["", "red"], ("red",)),
        (Id("household"), [ID], ID),
        (Id("household", is_wanted=False), [], ""),
        (Ids("household"), [], ()),
        (Ids("household", least=1), [ID], (ID,)),
        (Flag("all"), [], False),
        (Flag("all"), ["yes"], True),
        (Version(), ["12"], 12),
        (Version(), [], 0),
        (Version(), ["-1"], 0),
    ],
)
def test_what_is_understood(field: Field, sent: list[str], value: Any) -> None:
    assert field.read(sent, TODAY) == value


@cases(
    "field, sent, sentence",
    [
        (NAME, [], "Nhập tên tổ."),
        (NAME, [" \t"], "Nhập tên tổ."),
        (NAME, ["a" * 81], "Viết tên trên một dòng, nhiều nhất 80 ký tự."),
        (NAME, ["hai\ndòng"], "Viết tên trên một dòng, nhiều nhất 80 ký tự."),
        (NAME, ["\x00"], "Tên có ký tự không dùng được. Hãy gõ lại."),
        (LINES, [""], "Ghi lý do."),
        (LINES, ["x" * 21], "Ngắn hơn."),
        (LINES, ["\u202e"], "Ký tự lạ."),
        (Day("on", is_wanted=True), [""], "Ghi ngày theo mẫu 24/11/2026."),
        (Day("on"), ["31/2/2027"], "Ghi ngày theo mẫu 24/11/2026."),
        (Day("on", asks_year=True), ["25/11"], "Ghi ngày theo mẫu 24/11/2026."),
        (Day("on"), ["hôm nào đó"], "Ghi ngày theo mẫu 24/11/2026."),
        (NUMBER, [], "Ghi một số từ 1 đến 28."),
        (NUMBER, ["0"], "Ghi một số từ 1 đến 28."),
        (NUMBER, ["29"], "Ghi một số từ 1 đến 28."),
        (NUMBER, ["1.5"], "Ghi một số từ 1 đến 28."),
        (Number("count", wrong="Ghi số."), ["٣"], "Ghi số."),
        (CODE, [], "Chọn một màu."),
        (CODE, ["green"], "Chọn một màu."),
        (CODES, [], "Chọn hai màu."),
        (CODES, ["red", "red"], "Chọn hai màu."),
        (CODES, ["red", "green"], "Chọn hai màu."),
        (Id("household", wrong="Chọn một hộ."), ["../1"], "Chọn một hộ."),
        (Ids("household", wrong="Chọn hộ.", least=1), [], "Chọn hộ."),
        (Ids("household", wrong="Chọn hộ.", most=2), [ID] * 3, "Chọn hộ."),
        (Ids("household", wrong="Chọn hộ."), [ID, "x\x00"], "Chọn hộ."),
    ],
)
def test_what_is_not_understood_is_said_at_the_field(field: Field, sent: list[str], sentence: str) -> None:
    with pytest.raises(FieldError) as refused:
        field.read(sent, TODAY)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("field", KINDS, ids=lambda field: type(field).__name__)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_read_or_refused(field: Field, text: str) -> None:
    filled = Form(field).read(FormData([(field.name, text)]), NOW)
    shown = filled[field.name]
    assert len(shown.text) <= field.shown
    assert bool(shown.problem) != (field.name in filled.values)


@cases(
    "field, value",
    [
        (NAME, "Tổ Đông"),
        (LINES, "một\nhai"),
        (Day("on"), TODAY),
        (Day("on"), None),
        (NUMBER, 7),
        (Number("count", is_wanted=False), None),
        (CODE, "blue"),
        (CODES, ("blue", "red")),
        (Id("one", wrong="Chọn."), ID),
        (Ids("many", wrong="Chọn."), (ID,)),
        (Flag("all"), True),
        (Flag("all"), False),
        (Version(), 4),
    ],
)
def test_a_value_that_is_shown_is_read_again(field: Field, value: Any) -> None:
    shown = Form(field).blank(**{field.name: value})
    assert field.read(list(shown.typed[field.name]), TODAY) == value


@cases("field", [Id("one"), Ids("many"), Code("one", options=COLOURS), Codes("many", options=COLOURS)])
def test_no_form_refuses_without_a_sentence(field: Field) -> None:
    with pytest.raises(ValueError, match=field.name):
        Form(NAME, field)


def test_file_in_the_place_of_a_text_is_no_text() -> None:
    filled = Form(NAME).read(FormData([("name", UploadFile(file=None, filename="x"))]), NOW)  # type: ignore[arg-type]
    assert filled["name"].problem == "Nhập tên tổ."


def test_a_form_keeps_the_version_that_it_was_made_from() -> None:
    """Somebody who mends a field does not replace unseen what a colleague has written meanwhile."""
    fields: Any = environment().get_template("desk/page/fields.html").module
    form = Form(NAME, Version(), refusals={StaleDecision: ""})
    assert 'value="9"' in fields.version_field(form.blank(), 9)
    wrong = form.read(FormData({"name": "", "version": "7"}), NOW)
    assert 'value="7"' in fields.version_field(wrong, 9)
    assert 'value="9"' in fields.version_field(form.refused(wrong, StaleDecision()), 9)


TEAM = Form(
    NAME,
    Day("since", "Từ ngày"),
    NUMBER,
    Version(),
    refusals={
        NameTaken: At("name", "Đã có tổ tên này."),
        "count": At("count", "Nhiều quá."),
        NotFound: "Không còn tổ này.",
        TextRefused: lambda error: f"Ký tự lạ ở {error.fields[0]}.",
        StaleDecision: "",
    },
    check=lambda typed: {"since": "Sau hôm nay."} if typed["since"] and typed["since"] > TODAY else {},
)
GOOD = {"name": "Tổ Đông", "since": "1/11/2026", "count": "3", "version": "7"}


def test_all_that_is_wrong_is_said_and_the_first_has_the_focus() -> None:
    filled = TEAM.read(FormData(GOOD | {"since": "mai", "count": "x"}), NOW)
    assert filled.status == 422
    assert list(filled.problems) == ["since", "count"]
    assert [entry.field.name for entry in filled.entries if entry.has_focus] == ["since"]
    assert filled["name"].text == "Tổ Đông"
    assert filled["since"].text == "mai"
    assert filled["count"].described_by == "count-error"


def test_values_that_do_not_go_together_are_said_where_all_are_understood() -> None:
    assert TEAM.read(FormData(GOOD | {"since": "1/12/2026"}), NOW).problems == {"since": "Sau hôm nay."}
    assert "since" not in TEAM.read(FormData(GOOD | {"since": "1/12/2026", "count": ""}), NOW).problems


@cases(
    "error, status, problems, notice",
    [
        (NameTaken(), 422, {"name": "Đã có tổ tên này."}, ""),
        (NameTaken("since"), 422, {"name": "Đã có tổ tên này."}, ""),
        (
            Invalid("count", "since"),
            422,
            {"count": "Nhiều quá.", "since": "Ghi ngày theo mẫu 24/11/2026."},
            "",
        ),
        (Invalid("count"), 422, {"count": "Nhiều quá."}, ""),
        (Invalid("since"), 422, {"since": "Ghi ngày theo mẫu 24/11/2026."}, ""),
        (NotFound(), 404, {}, "Không còn tổ này."),
        (TextRefused("title"), 422, {}, "Ký tự lạ ở title."),
        (StaleDecision(), 409, {}, ""),
    ],
)
def test_what_the_domain_refuses_is_said_in_the_forms_words(
    database: Database, error: Exception, status: int, problems: dict[str, str], notice: str
) -> None:
    shown = _sent(database, error)
    assert (shown.status, dict(shown.problems), shown.notice) == (status, problems, notice)
    assert {name: shown[name].text for name in GOOD} == GOOD, "what was typed stays"
    assert shown.is_stale == isinstance(error, StaleDecision)
    if notice:
        assert not any(entry.has_focus for entry in shown.entries), "the notice has it"


@cases("error", [Invalid("team"), Invalid(), ValueError("x")])
def test_what_the_form_has_no_words_for_is_raised(database: Database, error: Exception) -> None:
    with pytest.raises(type(error)):
        _sent(database, error)


def test_what_was_done_is_not_shown_again(database: Database) -> None:
    read: list[Values] = []
    writer, sent = _Writer(database), FormData(GOOD)
    answer = submit(writer, TEAM, sent, lambda _, typed: read.append(typed), "/x", _never)
    assert (answer.status_code, answer.headers["location"]) == (303, "/x")
    assert read == [{"name": "Tổ Đông", "since": date(2026, 11, 1), "count": 3, "version": 7}]
    own = submit(writer, TEAM, sent, lambda *_: 5, lambda n: Response(str(n)), _never)
    assert own.body == b"5"


class _Writer:
    now = NOW

    def __init__(self, database: Database) -> None:
        self.database = database


def _sent(database: Database, error: Exception) -> Filled:
    shown: list[Filled] = []

    def refuse(_session: Session, _typed: Values) -> None:
        raise error

    def again(filled: Filled) -> Response:
        shown.append(filled)
        return Response()

    submit(_Writer(database), TEAM, FormData(GOOD), refuse, "/never", again)
    return shown[0]


def _never(_filled: Filled) -> Response:
    raise AssertionError("the form was good")
