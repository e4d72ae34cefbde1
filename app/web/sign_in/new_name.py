"""The fields of somebody new who will sign in at the desk: name and sign-in name."""

from app.commune.credentials import supervisors
from app.core.strings import _, lazy
from app.web.names import name_problem

NAME_IS_IN_USE = lazy("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")


def name_problems(name: str, sign_in_name: str) -> dict[str, str]:
    """Sentences by field for a name and a sign-in name that cannot be stored."""
    problems = {"name": name_problem(name, _("Nhập họ và tên."))}
    if not supervisors.is_sign_in_name(sign_in_name):
        problems["sign_in_name"] = _(
            "Từ 3 đến 40 ký tự: chữ không dấu, chữ số, dấu chấm hoặc gạch nối. Ví dụ: binh.hv"
        )
    return {field: sentence for field, sentence in problems.items() if sentence}
