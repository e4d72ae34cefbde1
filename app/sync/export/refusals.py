"""Why an export file cannot be imported: codes for phones, sentences for people."""

from typing import ClassVar

from app.core.errors import CodedError
from app.core.strings import lazy

NO_FILE = lazy("Chọn một tệp nhờ gửi hộ, không quá 8 MB.")
OTHER_FILE = lazy("Đây không phải tệp nhờ gửi hộ chép từ Từng Nhà.")
NEWER = lazy("Tệp này do bản mới hơn chép ra. Hãy cập nhật máy chủ rồi thử lại.")
DAMAGED = lazy("Tệp bị thiếu hoặc bị hỏng. Hãy chép lại tệp trên điện thoại rồi gửi lại.")
FOREIGN = lazy("Tệp này của nơi khác nên không đọc được.")
TOO_MANY = lazy("Tệp có hơn 20.000 bản ghi nên không nhận. Chưa nhập gì từ tệp.")
UNKNOWN_PHONE = lazy("Máy chủ này không biết chiếc máy đã chép tệp. Chưa nhập gì từ tệp.")


class FileRefused(CodedError):  # noqa: N818 - a fact, as in core/errors.py
    """The file cannot be imported; `sentence` tells a person why."""

    sentence: ClassVar[str]


class FileMissing(FileRefused):
    """No file, an empty one, or one that is too large."""

    code = "file_missing"
    sentence = NO_FILE


class OtherFile(FileRefused):
    """Not an export file."""

    code = "file_other"
    sentence = OTHER_FILE


class NewerFile(FileRefused):
    """A version of the format that this server does not know."""

    code = "file_newer"
    sentence = NEWER


class DamagedFile(FileRefused):
    """A file that was cut off or changed."""

    code = "file_damaged"
    sentence = DAMAGED


class TooManyRecords(FileRefused):
    """More operations than any phone holds."""

    code = "file_too_large"
    sentence = TOO_MANY


class ForeignFile(FileRefused):
    """Encrypted for a key that this server, or this commune, does not have."""

    code = "file_foreign"
    sentence = FOREIGN


class PhoneUnknown(FileRefused):
    """The file names no device of this server together with its account."""

    code = "file_of_unknown_phone"
    sentence = UNKNOWN_PHONE
