"""Text that was pasted from Word or Zalo."""

from app.intake.people_import.pasted import parse_text
from tests.cases import cases

ZALO = """Danh sách tổ CNSCĐ thôn Đông
1. Lò Thị Hoa - Tổ trưởng - 0900 000 077
2/ Ông Vi Văn Sự (Tổ phó), SĐT: 0900.000.078
- Lò Thị Na: 0900-000-079
Thôn Tây
Tổ trưởng: Mùa A Sa, +84 900 000 080
Thành viên:
Giàng Thị Pà 0900000081
"""
PEOPLE = [
    ("Lò Thị Hoa", "0900 000 077", "Tổ trưởng"),
    ("Ông Vi Văn Sự", "0900.000.078", "Tổ phó"),
    ("Lò Thị Na", "0900-000-079", ""),
    ("Mùa A Sa", "+84 900 000 080", "Tổ trưởng"),
    ("Giàng Thị Pà", "0900000081", "Thành viên"),
]


def test_lines_of_a_chat_are_people_with_the_hamlet_above_them() -> None:
    found = parse_text(ZALO)
    assert found.refused == []
    assert [(one.name, one.phone, one.role) for one in found.people] == PEOPLE
    assert [one.place.lower() for one in found.people] == ["thôn đông"] * 3 + ["thôn tây"] * 2
    assert [one.row for one in found.people] == [2, 3, 4, 6, 8]


def test_a_table_that_was_copied_is_read_as_a_table() -> None:
    text = "TT\tHọ và tên\tNhiệm vụ\tSĐT\tThôn\n1\tLò Thị Hoa\tTổ trưởng\t0900000077\tThôn Đông\n"
    (person,) = parse_text(text).people
    assert (person.name, person.phone, person.place, person.role) == (
        "Lò Thị Hoa", "0900000077", "Thôn Đông", "Tổ trưởng",
    )  # fmt: skip


def test_rows_of_a_table_without_its_header_are_lines() -> None:
    text = "Thôn Đông\n1\tLò Thị Hoa\tTổ trưởng\t0900000077\n2\tVi Văn Sự\tThành viên\t0900000078\n"
    assert [(one.name, one.role) for one in parse_text(text).people] == [
        ("Lò Thị Hoa", "Tổ trưởng"), ("Vi Văn Sự", "Thành viên"),
    ]  # fmt: skip


def test_cells_say_by_themselves_what_they_are_when_nothing_stands_above_them() -> None:
    text = (
        "1\tLò Thị Hoa\t0900 000 077\tThôn Đông\tTổ trưởng\n"
        "2\tVi Văn Sự\t900000078\tĐông\tThành viên\n"  # the spreadsheet has dropped the 0
        "Ma Thị Liên\t0900000079\tNông dân\tThôn Tây\n"
        "Mùa A Sa\t0900000080\tNông dân\tĐông\n"
    )
    found = [(one.name, one.phone, one.place, one.role) for one in parse_text(text).people]
    assert found == [
        ("Lò Thị Hoa", "0900 000 077", "Thôn Đông", "Tổ trưởng"),
        ("Vi Văn Sự", "900000078", "Đông", "Thành viên"),
        ("Ma Thị Liên", "0900000079", "Thôn Tây", ""),
        ("Mùa A Sa", "0900000080", "", ""),  # which of the two it is, is not guessed
    ]
    (under,) = parse_text("Thôn Tây\nLò Thị Hoa\tTrưởng thôn\t0900000077\n").people
    assert under.place.lower() == "thôn tây", "an office beside the name is no place"


def test_a_number_on_a_line_of_its_own_is_of_the_person_above() -> None:
    (person,) = parse_text("Thôn Đông\nLò Thị Hoa\n0900 000 077\n").people
    assert (person.name, person.phone) == ("Lò Thị Hoa", "0900 000 077")


def test_what_is_not_understood_is_refused_and_shown() -> None:
    found = parse_text(
        "Kính gửi các đồng chí!\nThôn Đông\nLò Thị Hoa 0900000077\nVi Văn Sự\n0900000079\n0900000080"
    )
    assert [(one.row, one.name) for one in found.refused] == [
        (1, "Kính gửi các đồng chí!"),
        (6, "0900000080"),
    ]
    assert [(one.name, one.phone) for one in found.people] == [
        ("Lò Thị Hoa", "0900000077"), ("Vi Văn Sự", "0900000079"),
    ]  # fmt: skip


def test_somebody_without_a_number_is_listed_without_it() -> None:
    found = parse_text("Thôn Đông\nLò Thị Hoa\nVi Văn Sự 0900000078")
    assert [(one.name, one.phone) for one in found.people] == [
        ("Lò Thị Hoa", ""),
        ("Vi Văn Sự", "0900000078"),
    ]


@cases("text", ["", " \n\t\n", "\x00", "0" * 5_000, "a" * 100_000, "- - - -\n" * 900])
def test_any_text_has_an_answer(text: str) -> None:
    found = parse_text(text)
    assert found.people == []
    assert found.refused
