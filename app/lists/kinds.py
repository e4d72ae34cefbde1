"""What a cell or a row can be, told by its text: patterns only, with marks where marks decide.

*Bản* begins a hamlet's name, *Bàn* is a family name; *Tổng* begins a total, *Tòng* is a family name.
"""

import re

from app.core.text import fold

# Zero-width marks, soft hyphen, byte order mark: nobody typed them, nobody sees them.
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
NUMERAL = re.compile(r"[\dIVXLC]{1,5}[.)]?|[A-Z][.)]?")
FORMULA = re.compile(r"^[=+@-]")
MARKUP = re.compile(r"[<>]|&#?\w{1,31};")
BROKEN = re.compile("[\ufffd\ue000-\uf8ff]|_x[0-9A-F]{4}_")
AS_ABOVE = re.compile(r"[-–. ]*(nt|n/t|như trên)[-–. ]*|[\"”“'’]{1,2}", re.IGNORECASE)
WHOLE_NUMBER = re.compile(r"^(\d+)\.0+$")  # a number that a program wrote as text
YEAR = re.compile(r"(?<!\d)((0?[1-9]|[12]\d|3[01])[/.-](0?[1-9]|1[0-2])[/.-]\d{2,4}|(19|20)\d\d)(?!\d)")
SIGNATURE = re.compile(
    r"\(?ký[ ,)](tên|ghi|và|rõ|.*họ tên)|\(ký|lập biểu|cán bộ (lập|thống kê)|"
    r"người (lập|tổng hợp|thống kê|kiểm tra)|"
    r"(trưởng|phó) (thôn|bản|xóm|ấp|khu)\b|tổ trưởng\b|(t/?m|kt)\.? |(phó )?chủ tịch|thủ trưởng|xác nhận|"
    r"công an (xã|phường|viên)|tư pháp|kế toán|văn thư|địa chính|cán bộ |bí thư|trưởng ban|nơi nhận|"
    r"(.*, *)?ngày\b.*\btháng\b.*\bnăm\b",
    re.IGNORECASE,
)

NOTE = re.compile(r"\(?(ghi chú|lưu ý|chú thích|nguồn)\b ?:?", re.IGNORECASE)
NUMBER_IN_LIST = re.compile(r"\(?\d+[a-zA-Z]?[.)]*")
NO_NUMBER = re.compile(r"(không|chưa|ko|k)( có)?( số)?( nhà)?|x|0+|[-–./]+", re.IGNORECASE)
ERROR_VALUE = re.compile(r"#(N/A|REF!|DIV/0!|NAME\?|NULL!|NUM!|VALUE!|GETTING_DATA|SPILL!|CALC!|#+)|Err:\d+")
DATE = re.compile(r"(?<!\d)(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d)(?!\d)")
# What a spreadsheet makes of 12/3, 12:30, 12E3 and of a date without its format.
MADE_OF_NUMBER = re.compile(
    r"\d{1,4}[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg ?\d\d?|th\d\d?)([ -]\d+)?|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg ?\d\d?|th\d\d?)[ -]\d+|"
    r"\d+:\d\d(:\d\d)?|\d+[.,]\d+|\d+([.,]\d+)?e[+-]\d+|(3[6-9]|4\d|5[0-5])\d{3}",
    re.IGNORECASE,
)
# A remark, or the heading of a mark, that says that the household is no more.
GONE = re.compile(
    r"\b(đã chuyển|chuyển (đi|khẩu|hộ|nơi)|không còn (hộ|ở|cư trú)|(xóa|xoá)(?! (nhà|đói|mù))|cắt khẩu|"
    r"giải thể)\b",
    re.IGNORECASE,
)
NOT_SO = re.compile(r"không|chưa|ko|k|0|false|[-–./]+", re.IGNORECASE)
# Never stored (product.md §6.1), in whatever column it stands. Hospitals and monuments are landmarks.
NEVER_STORED = re.compile(
    r"\b(nghèo|tâm thần|khuyết tật|tàn tật|bị bệnh|nghiện|hiv|mồ côi|neo đơn|đơn thân|btxh|"
    r"sinh năm|năm sinh|sinh ngày|ngày sinh|s\.?n\.? ?:?(19|20)\d\d|\d+ tuổi|hn|hcn)\b",
    re.IGNORECASE,
)
NEVER_STORED_FOLDED = re.compile(r"\b(ho|can) (can )?ngheo\b|\b(tam than|khuyet tat|tan tat|mo coi)\b")

# VNI writes the mark as a letter of its own behind the vowel (*Nguyeãn*, *Traàn*). A small letter of TCVN3 is
# a capital of Unicode (*TÝnh*), and so is the first byte of UTF-8 read as Windows-1252 (*HÃ*).
OLD_FONT = re.compile(
    "(?<=[a-zà-ÿ])[À-ÖØ-Ý]|(?<=[A-Z])[À-ÖØ-Ý](?=[a-zà-ÿ])|(?<=[A-Z])Ã(?=.*[a-z])(?![A-ZÀ-Ý])|"
    "(?i:[ae][àáâãèéêùúõ]|o[âêùúõ]|u[ãùúõ]|y[àáâãùúõ]|(?<=th)ò\\b)"
)

HOUSEHOLD = re.compile("hộ", re.IGNORECASE)
OF_HOUSEHOLDS = re.compile(r"\b(hộ|ho (gia dinh|dan)|chu ho|danh sach (cac )?ho)\b", re.IGNORECASE)
OF_PEOPLE = re.compile(
    r"nhân khẩu|nhan khau|cử tri|cu tri|công dân|cong dan|dân cư|thành viên|người|nhân dân|lao động|học sinh|"
    r"hội viên|đoàn viên|đảng viên|cán bộ|công nghệ số|tổ trưởng",
    re.IGNORECASE,
)

# Before a name.
HOUSEHOLD_OF = re.compile(r"^(?:chủ hộ|hộ gia đình|gia đình|hộ|hgđ|gđ)(?:\s*[:.]\s*|\s+)", re.IGNORECASE)
# A title that is nothing else: *Ô. Thử*, *Ông/Bà*, *Ông:*.
TITLE = re.compile(
    r"^(?:(?:ông|bà)\s*[/(,-]?\s*(?:bà|ông)\s*\)?\s*:?|(?:ông|bà|cụ|anh|chị)\s*:|(?:ô|b|ô\.?/b)\s*[.:])\s*",
    re.IGNORECASE,
)
# A title that is a name as well: Ông is a family name, Anh and Em are given names; Bà is none.
PERHAPS_TITLE = re.compile(r"^(ông|bà|cụ|anh|chị|chú|bác|cô|dì|em)(?:\s+|$)", re.IGNORECASE)
SURE_TITLE = re.compile("bà", re.IGNORECASE)
FAMILY_ONG = re.compile("ông thị ", re.IGNORECASE)
BETWEEN = re.compile(r"\b(?:văn|thị)\b(?! *$)", re.IGNORECASE)
# Behind the first word of a name, in small letters; Hộ, Tuổi, Chuyển and Già are given names.
REMARK = re.compile(
    r"\b(?:hộ \w+|nghèo|mất|chết|chuyển (?:đi|đến|khẩu|hộ|nhà)|(?:đi|tạm|thường) vắng|vắng nhà|bệnh|tâm thần|"
    r"đi làm|độc thân|vợ|chồng|(?:và|bà|ông)(?! *$)|thương binh|liệt sĩ|chính sách|tàn tật|khuyết tật|"
    r"(?:góa|goá)(?! *$)|già yếu|neo đơn|sn|btxh|"
    r"(?:thôn|xóm|ấp|tdp|ngõ|ngách|đội|khu phố|tổ|sđt|đt)(?= \w))\b"
)
# What stands in the column beside that of the names.
NO_NAME = re.compile(
    r"có|không|đúng|sai|true|false|yes|no|chủ hộ|vợ|chồng|con|bố|mẹ|cha|cháu|con trai|con gái|em|tên|họ|"
    r"họ và tên|họ tên|nam giới|nữ giới|chưa có|không có|không rõ|chưa rõ|trống|nhà trống|vắng chủ",
    re.IGNORECASE,
)

HOUSE_NO = re.compile(r"(?:số nhà|nhà số|số|sn)?\s*:?\s*(\d+\w?(?:[/-]\d+\w?)*)", re.IGNORECASE)
# Parts of an address that name the commune and what is above it.
ABOVE_HAMLET = re.compile(
    r"(xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|tỉnh|thành phố|tp\.?)\s", re.IGNORECASE
)

_COUNT = re.compile(r"\s*[-–]?\s*(gồm|có|tổng số)?\s*\d+\s*(hộ|nhân khẩu)\b.*", re.IGNORECASE)
_WITHIN_COMMUNE = re.compile(
    r"(?<=\w)(\s*[,;]\s*|\s+[-–]\s+|\s+)(xã|phường|thị trấn|đặc khu|huyện|quận|tỉnh|thành phố|tp\.?)\s.*",
    re.IGNORECASE,
)
_PLACES = (  # Khu is a family name as well
    r"(?:thôn|xóm|tổ dân phố|tổ dp|tdp|ấp|khóm|buôn|làng|sóc|phum|khu phố|khu dân cư|khu(?= (?:\d|[a-z]\b))|"
    r"bản(?! (?:tổng|kê|báo|danh|thống|chính|sao|gốc|đồ|tin|thảo|nháp|in)\b)|"
    r"tổ(?! (?:công|trưởng|phó|viên|chức|trình|rà|khảo|điều)\b))"
)
_SECTION = re.compile(
    rf"(?:[IVXLC]+[.)/]?|[A-Z][.)]|\d+[.)])?\s*({_PLACES})\b\s*:?\s*([^\s:(,;][^:(,;]*).*", re.IGNORECASE
)
_TITLE = re.compile(
    rf"danh sách.*?\b({_PLACES})\s+([^:(,;]+?)(?:\s*[-–,(].*|\s+(?:xã|phường|năm)\b.*)?", re.IGNORECASE
)
_BARE_PLACE = re.compile(rf"(?:{_PLACES}|khu|tổ)(?:\s+số)?", re.IGNORECASE)
_NO_HAMLET = re.compile(r"(số ?)?\d+([.,/-]\d+)*\w?|[ivx]+|\w|có|không", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;/+&?*=|]|\bvà\b", re.IGNORECASE)
_COLON = re.compile(rf"({_PLACES})\s*:\s*", re.IGNORECASE)
_OF_PLACE = re.compile(rf"\s*{_PLACES}\b(?:\s+số\b)?", re.IGNORECASE)
_TOTAL = re.compile(r"(tổng|cộng)\b", re.IGNORECASE)
_BARE_TOTAL = re.compile(r"(tong( cong| so)?|cong)( ho| so ho| nhan khau| khau)?( \d+)?[:. ]*")
_NOTHING = re.compile(
    r"(sheet|danh sach|ds|data|du lieu|ho (gia dinh|dan)|tong hop|ban (chinh|sao|goc|in|nhap|moi|cu))\b.*|"
    r"sheet\d*|"
    r"(trang( tinh)?|bang( tinh)?|bieu|ho)? ?\d*"
)
_LETTERS = re.compile(r"[^\W\d_]+")


def is_total(text: str, *, sure: bool) -> bool:
    """Whether a row that begins with `text` sums up others; `sure`: only if the words are nothing else."""
    return bool(_BARE_TOTAL.fullmatch(fold(text)) or (not sure and _TOTAL.match(text)))


def section(text: str) -> str:
    """The hamlet that a line of its own names (*I. Thôn Đông: 68 hộ*); "" if it names none."""
    found = _SECTION.fullmatch(text)
    return hamlet_of_cell(f"{found[1]} {found[2].strip()}") if found else ""


def hamlet_in_title(text: str) -> str:
    """The hamlet that a title names (*Danh sách hộ Thôn Đông năm 2026*); "" if it names none."""
    found = _TITLE.fullmatch(text)
    return f"{found[1]} {found[2].strip()}" if found else ""


def hamlet_of_sheet(name: str) -> str:
    """The hamlet that a sheet is named by; "" for names that programs and habits give."""
    return "" if _NOTHING.fullmatch(fold(name)) else name


def hamlet_of_cell(text: str) -> str:
    """A hamlet's name without commune or count: *Thôn Đông, xã Yên Bình*, *Thôn Đông 68 hộ* → *Thôn Đông*."""
    return _COLON.sub(r"\1 ", _COUNT.sub("", _WITHIN_COMMUNE.sub("", text)), count=1).strip()


def is_no_hamlet(name: str) -> bool:
    """Whether this cannot name one hamlet: a number, a mark, only *Thôn*, two hamlets, a commune."""
    return bool(
        _NO_HAMLET.fullmatch(name)
        or _BARE_PLACE.fullmatch(name)
        or _SEVERAL.search(name)
        or ABOVE_HAMLET.match(name)
    )


def names_place(name: str) -> bool:
    """Whether the name says what it is: *Thôn Đông*, not *Đông*."""
    return without_place(name) != fold(name)


def title(name: str) -> str:
    """A name in capitals as it is written: *H'HEN NIÊ* → *H'Hen Niê*."""
    return _LETTERS.sub(lambda word: word[0].capitalize(), name)


def hamlet_title(name: str) -> str:
    """A hamlet's name in capitals as it is written: *TỔ DÂN PHỐ SỐ 1* → *Tổ dân phố số 1*."""
    found = _OF_PLACE.match(name)
    kind = found[0] if found else ""
    return kind.capitalize() + title(name[len(kind) :])


def without_place(name: str) -> str:
    """What tells a hamlet from its neighbours, folded: *Thôn Đông* → *dong*, *TDP số 1* → *1*."""
    return fold(_OF_PLACE.sub("", name))
