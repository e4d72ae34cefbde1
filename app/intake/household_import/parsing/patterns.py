"""Patterns that recognise kinds of cells and rows. They are accented where the accents make the difference:

*Bản* begins a hamlet's name, *Bàn* is a family name; *Tổng* begins a total, *Tòng* is a family name.
"""

import re

from app.core.text import fold

# Zero-width characters, soft hyphen and byte order mark, which are invisible.
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
NUMERAL = re.compile(r"[\dIVXLC]{1,5}[.)]?|[A-Z][.)]?")
FORMULA = re.compile(r"^[=+@-]")
MARKUP = re.compile(r"[<>]|&#?\w{1,31};")
BROKEN = re.compile("[\ufffd\ue000-\uf8ff]|_x[0-9A-F]{4}_")
AS_ABOVE = re.compile(r"[-–. ]*(nt|n/t|như trên)[-–. ]*|[\"”“'’]{1,2}", re.IGNORECASE)
TEXT_MARK = re.compile(r"^['’‘`´](?=\d)")  # typed to make a number a text, and stored by other programs
WHOLE_NUMBER = re.compile(r"^(\d+)\.0+$")  # a number that a program exported as text
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
NO_HOUSE_NUMBER = re.compile(r"(không|chưa|ko|k)( có)?( số)?( nhà)?|x|0+|[-–./]+", re.IGNORECASE)
ERROR_VALUE = re.compile(r"#(N/A|REF!|DIV/0!|NAME\?|NULL!|NUM!|VALUE!|GETTING_DATA|SPILL!|CALC!|#+)|Err:\d+")
DATE = re.compile(r"(?<!\d)(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d)(?!\d)")
# What a spreadsheet program turns 12/3, 12:30 and 12E3 into, and a date without its number format.
CONVERTED_NUMBER = re.compile(
    r"\d{1,4}[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg ?\d\d?|th\d\d?)([ -]\d+)?|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg ?\d\d?|th\d\d?)[ -]\d+|"
    r"\d+:\d\d(:\d\d)?|\d+[.,]\d+|\d+([.,]\d+)?e[+-]\d+|(3[6-9]|4\d|5[0-5])\d{3}",
    re.IGNORECASE,
)
# A remark, or the heading of a column of marks, that says that the household moved away or was deleted.
# Who has *newly* moved in lives there; who sold a house goods shop does as well.
MOVED_AWAY = re.compile(
    r"\b(đã chuyển|(?<!mới )chuyển (đi|khẩu|hộ|nơi|vào|ra|sang|lên|xuống|nhà|chỗ|cư trú|về quê|tới nơi)|"
    r"không còn (hộ|ở|cư trú|sinh sống|sống|tại|trên|người|ai)|"
    r"không (sinh sống|cư trú|ở) (ở|tại|trên|địa|đây)|"
    r"(bỏ|dọn|chuyển|rời|dời) (đi|nhà đi|nhà ra|nhà về|nhà vào|nhà sang)|(đi|ra|rời|dời) (khỏi|hẳn)|"
    r"rời (địa|thôn|xã|bản|quê)|"
    r"dọn (ra|về|vào|sang)|bán nhà(?! (hàng|thuốc))|(đi|ở|sang|ra) nơi khác|định cư|xuất cảnh|"
    r"(xóa|xoá)(?! (nhà|đói|mù))|cắt khẩu|tách khẩu đi|giải thể)\b",
    re.IGNORECASE,
)
# Remarks that say nothing about whether the household lives there. What is neither is asked about.
STAYS = re.compile(
    r"((chủ hộ |vợ |chồng |(các )?con )?(đi )?(làm|học|công tác)( ăn| việc)?( ở)?( xa)?|sim\b.*|"
    r"(đi|tạm|thường|hay) ?vắng( nhà)?|vắng nhà|"
    r"(đã|có|chưa|đang|không)?( có)? ?(cài|wifi|mạng|internet|điện thoại|smartphone|máy|vneid|ký|xác nhận|"
    r"kiểm tra|khảo sát|rà soát|nhập|phát|nhận)\b.*|"
    r"hộ (mới|tách|ghép|kinh doanh)\b.*|mới (tách|về|đến|chuyển đến|thêm|lập)\b.*|"
    r"tách hộ|(đảng|đoàn|hội) viên|(gia đình )?(chính sách|liệt sĩ|thương binh|có công)\b.*|ok|"
    r"(tổ|thôn|ngõ|xóm|bản|đội|khu|gần|cạnh|đối diện|sau|trước|đầu|cuối)\b.*)[.!]*",
    re.IGNORECASE,
)
NEGATION = re.compile(r"không|chưa|ko|k|0|false|[-–./]+", re.IGNORECASE)
# Never stored (product.md §6.1), from any column. Hospitals and monuments are landmarks and may be stored.
NEVER_STORED = re.compile(
    r"\b(nghèo|tâm thần|khuyết tật|tàn tật|bị bệnh|nghiện|hiv|mồ côi|neo đơn|đơn thân|btxh|"
    r"sinh năm|năm sinh|sinh ngày|ngày sinh|s\.?n\.? ?:?(19|20)\d\d|\d+ tuổi|hn|hcn)\b",
    re.IGNORECASE,
)
NEVER_STORED_FOLDED = re.compile(r"\b(ho|can) (can )?ngheo\b|\b(tam than|khuyet tat|tan tat|mo coi)\b")

# VNI writes the accent as a separate letter after the vowel (*Nguyeãn*, *Traàn*). Some lower case letters of
# TCVN3 are capitals in Unicode (*TÝnh*), and so is the first byte of UTF-8 read as Windows-1252 (*HÃ*).
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

# A prefix of a name.
HOUSEHOLD_OF = re.compile(r"^(?:chủ hộ|hộ gia đình|gia đình|hộ|hgđ|gđ)(?:\s*[:.]\s*|\s+)", re.IGNORECASE)
# A title that cannot be part of a name: *Ô. Thử*, *Ông/Bà*, *Ông:*.
TITLE = re.compile(
    r"^(?:(?:ông|bà)\s*[/(,-]?\s*(?:bà|ông)\s*\)?\s*:?|(?:ông|bà|cụ|anh|chị)\s*:|(?:ô|b|ô\.?/b)\s*[.:])\s*",
    re.IGNORECASE,
)
# A title that may be part of a name: Ông is a family name, Anh and Em are given names. Bà is no name.
AMBIGUOUS_TITLE = re.compile(r"^(ông|bà|cụ|anh|chị|chú|bác|cô|dì|em)(?:\s+|$)", re.IGNORECASE)
UNAMBIGUOUS_TITLE = re.compile("bà", re.IGNORECASE)
FAMILY_NAME_ONG = re.compile("ông thị ", re.IGNORECASE)
NAMED_NGHEO = re.compile("(văn|thị) nghèo")  # a given name after the family name: *Hồ Văn Nghèo*
MIDDLE_NAME = re.compile(r"\b(?:văn|thị)\b(?! *$)", re.IGNORECASE)
# Matched in lower case after the first word of a name; Hộ, Tuổi, Chuyển and Già are given names.
REMARK = re.compile(
    r"\b(?:hộ \w+|nghèo|mất|chết|chuyển (?:đi|đến|khẩu|hộ|nhà)|(?:đi|tạm|thường) vắng|vắng nhà|bệnh|tâm thần|"
    r"đi làm|độc thân|vợ|chồng|(?:và|bà|ông)(?! *$)|thương binh|liệt sĩ|chính sách|tàn tật|khuyết tật|"
    r"(?:góa|goá)(?! *$)|già yếu|neo đơn|sn|btxh|"
    r"(?:thôn|xóm|ấp|tdp|ngõ|ngách|đội|khu phố|tổ|sđt|đt)(?= \w))\b"
)
# What clerks write in the column of names instead of a name.
NO_NAME = re.compile(
    r"có|không|đúng|sai|true|false|yes|no|chủ hộ|vợ|chồng|con|bố|mẹ|cha|cháu|con trai|con gái|em|tên|họ|"
    r"họ và tên|họ tên|nam giới|nữ giới|chưa có|không có|không rõ|chưa rõ|trống|nhà trống|vắng chủ",
    re.IGNORECASE,
)

HOUSE_NO = re.compile(r"(?:số nhà|nhà số|số|sn)?\s*:?\s*(\d+\w?(?:[/-]\d+\w?)*)", re.IGNORECASE)
# What stands before a hamlet in lists of teams: *Danh sách thành viên Tổ công nghệ số cộng đồng Thôn Đông*.
COMMUNITY_TEAM = re.compile(
    r"^(danh sách\s+)?(các\s+)?(thành viên\s+)?"
    r"tổ\s+(công nghệ số(\s+cộng đồng)?|cnscđ|cns)(\s+của)?\s*[:-]?\s*",
    re.IGNORECASE,
)
ROLE_SEPARATOR = re.compile(r"\s*[-–,;/:()|]\s*|\s+kiêm\s+")
NUMBERED_LINE = re.compile(r"^\s*(?:[IVXLC]{1,5}|[A-Z]|\d{1,2})\s*[.)/:]\s*")
WAY_AND_PLACE = re.compile(r"((?:ngõ|ngách|hẻm|kiệt|đường|phố)\s+\S+)\s+(\S.*)", re.IGNORECASE)
# Parts of an address that name the commune or a unit above it.
ABOVE_HAMLET = re.compile(
    r"(xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|tỉnh|thành phố|tp\.?)\s", re.IGNORECASE
)

COMMUNE = re.compile(r"(?:xã|phường|thị trấn|đặc khu)\s+", re.IGNORECASE)

_COUNT = re.compile(r"\s*[-–]?\s*(gồm|có|tổng số)?\s*\d+\s*(hộ|nhân khẩu)\b.*", re.IGNORECASE)
_WITHIN_COMMUNE = re.compile(
    r"(?<=\w)(\s*[,;]\s*|\s+[-–]\s+|\s+)(xã|phường|thị trấn|đặc khu|huyện|quận|tỉnh|thành phố|tp\.?)\s.*",
    re.IGNORECASE,
)
_PLACES = (  # Khu is also a family name
    r"(?:thôn|xóm|tổ dân phố|tổ dp|tdp|ấp|khóm|buôn|làng|sóc|phum|khu phố|khu dân cư|khu(?= (?:\d|[a-z]\b))|"
    r"bản(?! (?:tổng|kê|báo|danh|thống|chính|sao|gốc|đồ|tin|thảo|nháp|in)\b)|"
    r"tổ(?! (?:công|trưởng|phó|viên|chức|trình|rà|khảo|điều)\b))"
)
_SECTION = re.compile(
    rf"(?:[IVXLC]+[.)/]?|[A-Z][.)]|\d+[.)])?\s*({_PLACES})\b\s*:?\s*([^\s:(,;][^:(,;]*).*", re.IGNORECASE
)
_TITLE = re.compile(
    rf"danh sách.*?\b({_PLACES})\s+([^:(,;]+?)"
    r"(?:\s*[,(].*|\s+(?:xã|phường|năm)\b.*|"
    r"\s*[-–]\s*(?:xã|phường|thị trấn|đặc khu|huyện|tỉnh|năm|tháng|quý|đợt|gồm|tổng|\d+ hộ)\b.*)?",
    re.IGNORECASE,
)
_HAMLET = re.compile(
    r"(?:thôn|bản|tổ dân phố|tổ dp|tdp|ấp|khóm|buôn|khu phố)\s+(?:số\s+)?\w.*", re.IGNORECASE
)
_BARE_PLACE = re.compile(rf"(?:{_PLACES}|khu|tổ)(?:\s+số)?", re.IGNORECASE)
_NO_HAMLET = re.compile(r"(số ?)?\d+([.,/-]\d+)*\w?|[ivx]+|\w|có|không", re.IGNORECASE)
_SEVERAL_HAMLETS = re.compile(r"[,;/+&?*=|]|\bvà\b", re.IGNORECASE)
_COLON = re.compile(rf"({_PLACES})\s*:\s*", re.IGNORECASE)
_OF_PLACE = re.compile(rf"\s*{_PLACES}\b(?:\s+số\b)?", re.IGNORECASE)
_TOTAL = re.compile(r"(tổng|cộng)\b", re.IGNORECASE)
_BARE_TOTAL = re.compile(r"(tong( cong| so)?|cong)( ho| so ho| nhan khau| khau)?( \d+)?[:. ]*")
_GENERIC_SHEET_NAME = re.compile(
    r"(sheet|danh sach|ds|data|du lieu|ho (gia dinh|dan)|tong hop|ban (chinh|sao|goc|in|nhap|moi|cu))\b.*|"
    r"sheet\d*|"
    r"(trang( tinh)?|bang( tinh)?|bieu|ho)? ?\d*"
)
# What begins a name in small letters, which may be anything else (*nhà bỏ hoang*).
_FAMILY_NAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh trịnh mai trương lâm "
    "cao hà tạ lương tô phùng thái kiều quách triệu chu la đoàn lưu vương thạch sơn danh châu kim tăng mạc "
    "nông vi hoàng lò lường quàng cầm tòng cà bạc vàng giàng sùng thào mùa lầu cứ hạng tráng ma đàm bế lục "
    "mông hứa ninh nghiêm tống từ doãn khổng khúc phí ông âu hán thân tiêu viên lữ mã quan hầu cù giáp bàn "
    "đèo lèo điêu mè vừ chảo phàn tẩn phù sầm chẩu y h'".split()
)
_LETTERS = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(r"\bt?dp\b", re.IGNORECASE)
_ROMAN = re.compile(r"\b(?:ii|iii|iv|vii|viii|ix)\b|^\s*(?:vi|xi{1,3}|xiv|xv)$", re.IGNORECASE)


def is_total(text: str, *, sure: bool) -> bool:
    """Whether a row that begins with `text` is a total; `sure`: only if the text can be nothing else."""
    return bool(_BARE_TOTAL.fullmatch(fold(text)) or (not sure and _TOTAL.match(text)))


def hamlet_in_section(text: str) -> str:
    """The hamlet in the line above a section (*I. Thôn Đông: 68 hộ*); "" if there is none."""
    found = _SECTION.fullmatch(text)
    return hamlet_of_cell(f"{found[1]} {found[2].strip()}") if found else ""


def hamlet_in_title(text: str) -> str:
    """The hamlet in a title (*Danh sách hộ Thôn Đông năm 2026*); "" if there is none."""
    found = _TITLE.fullmatch(text)
    return f"{found[1]} {found[2].strip()}" if found else ""


def hamlet_of_sheet(name: str) -> str:
    """The hamlet that the sheet is named after; "" for generic names like *Sheet1* or *Danh sách*."""
    return "" if _GENERIC_SHEET_NAME.fullmatch(fold(name)) else name


def hamlet_of_cell(text: str) -> str:
    """The name without commune or count: *Thôn Đông, xã Yên Bình*, *Thôn Đông 68 hộ* → *Thôn Đông*."""
    return _COLON.sub(r"\1 ", _COUNT.sub("", _WITHIN_COMMUNE.sub("", text)), count=1).strip()


def is_hamlet(text: str) -> bool:
    """Whether the text begins as a hamlet's name does and an alley's does not."""
    return bool(_HAMLET.fullmatch(text))


def is_no_hamlet(name: str) -> bool:
    """Whether this cannot be one hamlet's name: a number, a mark, only *Thôn*, two hamlets, a commune."""
    return bool(
        _NO_HAMLET.fullmatch(name)
        or _BARE_PLACE.fullmatch(name)
        or _SEVERAL_HAMLETS.search(name)
        or ABOVE_HAMLET.match(name)
    )


def has_place_type(name: str) -> bool:
    """Whether the name begins with a type of place: *Thôn Đông*, not *Đông*."""
    return distinctive_name(name) != fold(name)


def title(name: str) -> str:
    """A name in capitals, rewritten in title case: *H'HEN NIÊ* → *H'Hen Niê*."""
    return _LETTERS.sub(lambda word: word[0].capitalize(), name)


def begins_with_family_name(name: str) -> bool:
    """Whether the first word of a name in small letters is a family name."""
    return name.split(" ", 1)[0] in _FAMILY_NAMES


def hamlet_title(name: str) -> str:
    """A hamlet's name as they are written: *TỔ DÂN PHỐ SỐ 1* → *Tổ dân phố số 1*, *thôn đông* → *Thôn
    Đông*."""
    found = _OF_PLACE.match(name)
    kind = found[0] if found else ""
    rest = name[len(kind) :]
    if rest.isupper() or rest.islower():
        rest = _ROMAN.sub(lambda numeral: numeral[0].upper(), title(rest))
    return _INITIALS.sub(lambda initials: initials[0].upper(), kind.capitalize()) + rest


def distinctive_name(name: str) -> str:
    """A hamlet's name without its type of place, folded: *Thôn Đông* → *dong*, *TDP số 1* → *1*."""
    return fold(_OF_PLACE.sub("", name))
