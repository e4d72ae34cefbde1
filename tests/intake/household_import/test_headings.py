"""Headings as clerks write them, each with the role of its column; and generated tables."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.text import mask_digits, nfc
from app.fieldwork.households.commands import AddHousehold
from app.intake.household_import.parsing.column_roles import DROPPED, ColumnRole, role_of
from app.intake.household_import.parsing.headers import find_header
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import Sheet
from tests.cases import cases

HEADINGS = {
    ColumnRole.HEAD: "Họ và tên chủ hộ|Chủ hộ|Tên chủ hộ|Họ tên chủ hộ|HỌ VÀ TÊN CHỦ HỘ (chữ in hoa)|Chủ nhà|"
    "Họ tên người đại diện hộ|Đại diện hộ gia đình|Họ & tên chủ hộ *|Ho va ten chu ho|Chủ hộ (Họ và tên)",
    ColumnRole.FULL_NAME: "Họ và tên|Họ tên|HỌ, TÊN|Tên hộ|Hộ gia đình|Họ và tên ông/bà",
    ColumnRole.FAMILY_NAME: "Họ|Họ đệm|Họ và tên đệm|Họ và chữ lót",
    ColumnRole.MIDDLE_NAME: "Đệm|Tên đệm|Chữ lót",
    ColumnRole.GIVEN_NAME: "Tên|TÊN",
    ColumnRole.HOUSE_NO: "Số nhà|Nhà số|SN|Số nhà (nếu có)|Số nhà/Ngõ",
    ColumnRole.ALLEY: "Ngõ/Xóm|Ngõ|Ngách|Đường, phố|Kiệt|Hẻm|Ngõ (hẻm)|Vị trí|Xóm/Ngõ",
    ColumnRole.ADDRESS: "Địa chỉ|Nơi ở hiện nay|Chỗ ở|Địa chỉ thường trú|Hộ khẩu thường trú",
    ColumnRole.HAMLET: "Thôn/Tổ dân phố|Thôn|Bản|Thôn, bản, xóm|Tên thôn|TDP|Tổ dân phố|Khu phố|Ấp|"
    "Thôn hoặc bản|Tổ",
    ColumnRole.XOM: "Xóm",
    ColumnRole.RELATION: "Quan hệ với chủ hộ|Mối quan hệ|QH với chủ hộ|QH|Quan hệ trong hộ|Vai trò|Là chủ hộ",
    ColumnRole.ORDINAL: "STT|TT|Số TT|Số thứ tự|S.TT",
    ColumnRole.PHONE: "Điện thoại|SĐT|Số điện thoại chủ hộ|ĐT|Số ĐT liên hệ|Di động|Zalo|Liên hệ|Email",
    ColumnRole.RESIDENTS: "Số nhân khẩu|Nhân khẩu|Số khẩu|Số người trong hộ|Tổng nhân khẩu|NK|Số thành viên",
    ColumnRole.REMARK: "Ghi chú|GC|Lưu ý|Ghi chú khác|Nhận xét",
    ColumnRole.PRIVATE: "Số CCCD|Số CCCD chủ hộ|CMND|Ngày sinh|Năm sinh|Dân tộc|Tôn giáo|Giới tính|Nam|Nữ|"
    "Hộ nghèo|Số tài khoản|Thẻ BHYT|Ngày, tháng, năm sinh|Số định danh cá nhân|Khuyết tật|Trẻ em dưới 6 tuổi",
    ColumnRole.OTHER: "Họ và tên vợ|Diện tích|Nghề nghiệp|Thôn Đông|Ngõ 3|Tổ công nghệ số|Số hộ|"
    "UBND xã Yên Bình|Danh sách chủ hộ thôn Đông|Chủ hộ là nữ|Tổ trưởng",
}
CASES = [(role, heading) for role, headings in HEADINGS.items() for heading in headings.split("|")]


@cases("role, heading", CASES)
def test_heading(role: ColumnRole, heading: str) -> None:
    assert role_of(heading) is role
    assert role_of(unicodedata.normalize("NFD", f"\u00a0{heading.upper()}\n ")) is role


def test_only_a_households_label_can_be_stored() -> None:
    """product.md §6.1, §6.2: whatever a column is called, only these roles become part of a household."""
    stored = set(ColumnRole) - DROPPED - {ColumnRole.ORDINAL, ColumnRole.RELATION}
    assert stored == {
        *(
            ColumnRole.HEAD,
            ColumnRole.FULL_NAME,
            ColumnRole.FAMILY_NAME,
            ColumnRole.MIDDLE_NAME,
            ColumnRole.GIVEN_NAME,
        ),
        *(ColumnRole.HOUSE_NO, ColumnRole.ALLEY, ColumnRole.ADDRESS, ColumnRole.HAMLET, ColumnRole.XOM),
    }


@cases(
    "headings, roles",
    [
        (("Họ tên", "Xóm"), (ColumnRole.HEAD, ColumnRole.HAMLET)),
        (("Họ tên", "Xóm", "Thôn"), (ColumnRole.HEAD, ColumnRole.ALLEY, ColumnRole.HAMLET)),
        (("Họ tên", "Địa chỉ", "Thôn"), (ColumnRole.HEAD, ColumnRole.ALLEY, ColumnRole.HAMLET)),
        (("Họ tên", "Chủ hộ", "Thôn"), (ColumnRole.OTHER, ColumnRole.HEAD, ColumnRole.HAMLET)),
        (("Họ đệm", "Tên", "Thôn"), (ColumnRole.FAMILY_NAME, ColumnRole.GIVEN_NAME, ColumnRole.HAMLET)),
        (("Tên", "Thôn"), (ColumnRole.HEAD, ColumnRole.HAMLET)),
        (("Hộ", "Thôn"), (ColumnRole.HEAD, ColumnRole.HAMLET)),
        (("Họ", "Đệm", "Tên"), (ColumnRole.FAMILY_NAME, ColumnRole.MIDDLE_NAME, ColumnRole.GIVEN_NAME)),
        (("Họ chủ hộ", "Tên chủ hộ"), (ColumnRole.FAMILY_NAME, ColumnRole.GIVEN_NAME)),
    ],
)
def test_heading_among_others(headings: tuple[str, ...], roles: tuple[ColumnRole, ...]) -> None:
    header = find_header(Sheet("A", [list(headings)]))
    assert header is not None
    assert header.roles == roles


BAD = st.sampled_from(
    ["", "0900000100", "Ngõ 3, 0900.000.100", "=1+1", "<b>", "Lê 1/2/1970", "a\u202e", "\ufffd", "x" * 200]
)
WORDS = st.sampled_from(
    [heading for _, heading in CASES]
    + ["12", "1", "nt", "Tổng cộng", "I. Thôn Đông", "Thôn Tây", "(1)", "Ngõ 3, Thôn Đông", "Người lập biểu"]
)
CELLS = st.one_of(WORDS, BAD, st.text(max_size=12))
HEADERS = st.sampled_from(
    [
        [],
        [["STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "SĐT"]],
        [["Danh sách hộ Thôn Đông"], ["TT", "Họ đệm", "Tên", "Địa chỉ"]],
    ]
)
GOOD = ("1", "Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông")
ALMOST = st.tuples(*(st.one_of(st.just(cell), BAD) for cell in GOOD)).map(list)
ROWS = st.one_of(st.lists(CELLS, max_size=6), ALMOST)
RANGES = st.lists(st.tuples(*[st.integers(0, 12)] * 4), max_size=3)


@settings(max_examples=300)
@given(HEADERS, st.lists(ROWS, max_size=12), RANGES)
def test_every_parsed_household_can_be_stored(
    header: list[list[str]], below: list[list[str]], merged: list[tuple[int, int, int, int]]
) -> None:
    rows = header + below
    found = parse([Sheet("Sheet1", rows, merged=merged)])
    for household in found.households:
        label = {"head_name": household.head_name, "house_no": household.house_no, "alley": household.alley}
        AddHousehold(id="0" * 8 + "-0000" * 3 + "-" + "0" * 12, hamlet_id="a", **label)
        for text in (*label.values(), household.hamlet):
            assert (nfc(text), mask_digits(text)) == (text, text)
        assert household.hamlet
        assert 1 <= household.row <= len(rows)
    rejected_rows = {rejected.row for rejected in found.rejected_rows}
    assert rejected_rows <= set(range(len(rows) + 1))
