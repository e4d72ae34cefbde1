"""What a household says of its telephone number, as a phone sends it."""

from datetime import timedelta
from typing import Any

from app.core.clock import wire_time
from tests.phone import Phone

NUMBER = "0912345678"


def agreed(
    phone: Phone, number: str = NUMBER, *, before: timedelta = timedelta(), **changes: Any
) -> dict[str, Any]:
    """The number with a consent that the household gave on this phone, so long `before` now."""
    consent = {"at": wire_time(phone.now - before), "way": "device", "wording_version": 1}
    return {"phone": number, "consent": consent | changes}
