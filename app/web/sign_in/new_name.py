"""The fields of somebody new who will sign in at the desk: name and sign-in name."""

from collections.abc import Sequence
from datetime import date

from app.commune.credentials import supervisors
from app.core.errors import NameTaken
from app.core.strings import _, lazy
from app.web.forms import At, FieldError, Refusals, Text, name_field
from app.web.names import name_problem

NAME_IS_IN_USE = lazy("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")
_WRONG = lazy("Từ 3 đến 40 ký tự: chữ không dấu, chữ số, dấu chấm hoặc gạch nối. Ví dụ: binh.hv")


class SignInName(Text):
    """A sign-in name, in small letters."""

    def read(self, texts: Sequence[str], _today: date) -> str:
        name = texts[-1].strip().lower() if texts else ""
        if not supervisors.is_sign_in_name(name):
            raise FieldError(str(self.wrong))
        return name


NEW_PERSON = (
    name_field("name", lazy("Họ và tên"), lazy("Nhập họ và tên.")),
    SignInName(
        "sign_in_name",
        lazy("Tên đăng nhập"),
        lazy("Chữ không dấu, ví dụ: binh.hv"),
        _WRONG,
        maxlength=40,
    ),
)
NAME_REFUSALS: Refusals = {NameTaken: At("sign_in_name", NAME_IS_IN_USE)}


def name_problems(name: str, sign_in_name: str) -> dict[str, str]:
    """Sentences by field for a name and a sign-in name that cannot be stored."""
    problems = {"name": name_problem(name, _("Nhập họ và tên."))}
    if not supervisors.is_sign_in_name(sign_in_name):
        problems["sign_in_name"] = str(_WRONG)
    return {field: sentence for field, sentence in problems.items() if sentence}
