"""The two fields of a new password, and the sentences for what is wrong with it."""

from collections.abc import Iterable

from app.commune.credentials import passwords
from app.core.strings import _, lazy

_SENTENCES = {
    passwords.SHORT: lazy("Mật khẩu cần ít nhất 12 ký tự. Nên ghép vài từ dễ nhớ."),
    passwords.LONG: lazy("Mật khẩu nhiều nhất 200 ký tự."),
    passwords.UNPRINTABLE: lazy("Mật khẩu có ký tự không dùng được. Hãy gõ lại."),
    passwords.OWN_NAME: lazy("Mật khẩu không được là họ tên hay tên đăng nhập."),
    passwords.OWN_PLACE: lazy("Mật khẩu chỉ gồm tên người, tên nơi này nên dễ đoán. Hãy chọn mật khẩu khác."),
    passwords.COMMON: lazy("Mật khẩu này nhiều người dùng nên dễ đoán. Hãy chọn mật khẩu khác."),
}


def password_problems(
    password: str, repeated: str, *names: str, places: Iterable[str] = ()
) -> dict[str, str]:
    """Sentences by field for a new password of a person with these names, typed twice; `places`: the names of
    their commune's."""
    reason = passwords.refusal(password, *names, places=places)
    if reason:
        return {"password": _SENTENCES[reason]}
    if passwords.normalize(password) != passwords.normalize(repeated):
        return {"repeated": _("Hai lần gõ chưa giống nhau.")}
    return {}
