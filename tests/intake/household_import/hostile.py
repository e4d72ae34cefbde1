"""Files that are broken, hostile or no lists, each with a word of the sentence that refuses it."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.intake.household_import.files import SAMPLE, csv_file, xlsx

NAME = "Nguyễn Văn Kín"  # must never be told
HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")


def parts_of_the_sample() -> dict[str, bytes]:
    with zipfile.ZipFile(SAMPLE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def zip_bomb(folder: Path) -> Path:
    """210 MB of blanks in 0.2 MB."""
    return packed(folder / "a.xlsx", parts_of_the_sample() | {"xl/theme/theme1.xml": b" " * (210 << 20)})


def zip_bomb_that_lies(folder: Path) -> Path:
    """The same, but its directory declares 10 bytes."""
    file = zip_bomb(folder)
    size = (210 << 20).to_bytes(4, "little")
    file.write_bytes(file.read_bytes().replace(size, (10).to_bytes(4, "little")))
    return file


def truncated(folder: Path) -> Path:
    file = folder / "a.xlsx"
    file.write_bytes(SAMPLE.read_bytes()[:9000])
    return file


def damaged_inside(folder: Path) -> Path:
    parts = parts_of_the_sample()
    sheet = parts["xl/worksheets/sheet1.xml"]
    return packed(folder / "a.xlsx", parts | {"xl/worksheets/sheet1.xml": sheet[: len(sheet) // 2]})


def with_password(folder: Path) -> Path:
    """What Excel makes of a workbook with a password: an OLE container with this stream."""
    file = folder / "a.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
    file.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(2000))
    return file


def ole_of_nothing(folder: Path) -> Path:
    file = folder / "a.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4000))
    return file


def empty(folder: Path) -> Path:
    file = folder / "a.xlsx"
    file.touch()
    return file


def blank_text(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_text("\r\n \r\n")
    return file


def pdf(folder: Path) -> Path:
    file = folder / "a.xlsx"
    file.write_bytes(b"%PDF-1.7\n" + NAME.encode())
    return file


def web_page(folder: Path) -> Path:
    file = folder / "a.xls"
    file.write_text(f"<html><table><tr><td>{NAME}</td></tr></table></html>")
    return file


def text_called_xlsx(folder: Path) -> Path:
    file = folder / "a.xlsx"
    file.write_text(f"Chủ hộ,Thôn\n{NAME},Thôn Đông\n")
    return file


def document_called_xlsx(folder: Path) -> Path:
    return packed(folder / "a.xlsx", {"word/document.xml": NAME.encode()})


def picture(folder: Path) -> Path:
    file = folder / "a.png"
    file.write_bytes(b"\x89PNG")
    return file


def entity_bomb(folder: Path) -> Path:
    """A billion laughs, where the shared strings are read."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    kind = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e0 "{NAME}">{entities}]>'
    bomb = f"{kind}<sst><si><t>&e9;</t></si></sst>"
    return packed(folder / "a.xlsx", parts_of_the_sample() | {"xl/sharedStrings.xml": bomb.encode()})


def two_million_rows(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_bytes(b"Chu ho,Thon\n" + b"A,B\n" * 2_000_000)
    return file


def sixteen_thousand_columns(folder: Path) -> Path:
    return xlsx(folder / "a.xlsx", {"A": [[*HEADER, *(f"c{n}" for n in range(16_000))]]})


def cell_in_the_far_corner(folder: Path) -> Path:
    """One cell in the last row of the last column: all cells up to it would be 17 thousand million."""
    file = folder / "a.xlsx"
    workbook = xlsxwriter.Workbook(file)
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write(1_048_575, 16_383, "x")
    workbook.close()
    return file


def too_large(folder: Path) -> Path:
    file = folder / "a.csv"
    with file.open("wb") as out:
        out.truncate(21 << 20)
    return file


def too_many_sheets(folder: Path) -> Path:
    return xlsx(folder / "a.xlsx", {f"Thôn {n}": [HEADER] for n in range(101)})


def odd_quotes(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_text(f'Chủ hộ,Thôn\n"{NAME},Thôn Đông\nVi Thị Mẫu,Thôn Đông\n')
    return file


def unknown_encoding(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_bytes(b"Chu ho,Thon\n\xd2\x8e\x90,\x9d\n")
    return file


def lone_surrogates(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_bytes(
        b"\xff\xfe" + f"Chủ hộ,Thôn\n{NAME}\ud800,Thôn Đông".encode("utf-16-le", "surrogatepass")
    )
    return file


def zeros(folder: Path) -> Path:
    file = folder / "a.csv"
    file.write_bytes(b"Chu ho,Thon\n" + bytes(100))
    return file


def a_folder(folder: Path) -> Path:
    (folder / "a.xlsx").mkdir()
    return folder / "a.xlsx"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.csv")
    return folder / "a.csv"


def nothing_there(folder: Path) -> Path:
    return folder / "không có.xlsx"


WHOLE_FILES: tuple[tuple[Callable[[Path], Path], str], ...] = (
    (zip_bomb, "giải nén quá lớn"),
    (zip_bomb_that_lies, "giải nén quá lớn"),
    (truncated, "bị hỏng"),
    (damaged_inside, "bị hỏng"),
    (with_password, "có mật khẩu"),
    (ole_of_nothing, "bị hỏng"),
    (empty, "Tệp trống"),
    (blank_text, "Tệp trống"),
    (pdf, "tệp PDF"),
    (web_page, "trang web"),
    (text_called_xlsx, "không phải bảng tính"),
    (document_called_xlsx, "không phải bảng tính"),
    (picture, "Chỉ đọc được tệp"),
    (entity_bomb, "bị hỏng"),
    (two_million_rows, "quá nhiều dòng"),
    (sixteen_thousand_columns, "quá nhiều cột"),
    (cell_in_the_far_corner, "quá nhiều bộ nhớ"),
    (too_large, "Tệp quá lớn"),
    (too_many_sheets, "quá nhiều trang"),
    (odd_quotes, "nháy kép"),
    (unknown_encoding, "bảng mã"),
    (lone_surrogates, "bảng mã"),
    (zeros, "bảng mã"),
    (a_folder, "thư mục"),
    (a_pipe, "Không có tệp này"),
    (nothing_there, "Không có tệp này"),
)


def bad_rows(folder: Path) -> Path:
    """A list in which every row with a head is hostile."""
    heads = ("=cmd|' /C calc'!A0", f"<script>{NAME}</script>", f"{NAME}\u0007", f"{NAME} 0912345678", "")
    rows = [(n, head, n, "Ngõ 1", "Thôn Đông") for n, head in enumerate(heads, start=1)]
    return csv_file(folder / "a.csv", [HEADER, *rows])


def as_bytes(file: Path) -> bytes:
    """All that a workbook holds, unpacked."""
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
