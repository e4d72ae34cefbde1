"""Phone numbers: stored in E.164, shown as people in Vietnam write them."""

import phonenumbers


def normalize_phone(text: str) -> str | None:
    """A Vietnamese number in E.164, or None. *0900 000 001* → *+84900000001*."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display_phone(number: str | None) -> str:
    """A number in E.164 as people write it (*0900 000 001*); empty if there is none."""
    if not number:
        return ""
    local = f"0{number[3:]}" if number.startswith("+84") else number
    return f"{local[:4]} {local[4:7]} {local[7:]}".strip() if len(local) == 10 else local
