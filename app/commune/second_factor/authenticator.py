"""Codes of authenticator apps (RFC 6238: six digits, 30 seconds, SHA-1, as every app has them)."""

import hmac
import re
from datetime import datetime

import pyotp

ISSUER = "Tung Nha"  # without marks: some apps show them as other letters
STEP_SECONDS = 30
CLOCK_STEPS = 1  # how far a phone's clock may be off, in steps
_SECRET = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether `text` has the form of a secret."""
    return _SECRET.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Whether `text` has the form of an app's code: recovery codes have another."""
    return _CODE.fullmatch(text) is not None


def setup_address(secret: str, sign_in_name: str) -> str:
    """What the app reads from the QR code (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=sign_in_name, issuer_name=ISSUER)


def step_of_code(secret: str, code: str, now: datetime) -> int | None:
    """The number of the half minute about now whose code this is; None if it is of none."""
    app, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    steps = range(current - CLOCK_STEPS, current + CLOCK_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), code)), None)
