"""Passkeys (WebAuthn). The ceremonies are of the library `webauthn`; what is kept is the public key.

A passkey is of one host name: under another one the browser does not find it.
"""

import hashlib
import ipaddress
import json
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import webauthn
from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.commune.second_factor.factors import CodeWrong, list_factors
from app.commune.second_factor.models import PASSKEY, SecondFactor

MAX_CREDENTIAL = 16_384  # characters of what a browser sends; the largest known have 3,000
_NAME = "Tung Nha"
_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # of a passkey: at most 1023 bytes, in base64url
_REQUIRED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """Where the browser is: the host name that passkeys belong to, and the origins it may have."""

    host: str
    origins: tuple[str, ...]

    @property
    def has_passkeys(self) -> bool:
        """Whether a passkey can belong to it: to a name, not to an address."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False


def new_challenge() -> str:
    """What an authenticator has to sign, once."""
    return secrets.token_urlsafe(32)


def registration_options(session: Session, site: Site, sign_in_name: str, name: str, challenge: str) -> str:
    """What the browser needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=_NAME,
        user_id=hashlib.sha256(sign_in_name.encode()).digest(),
        user_name=sign_in_name,
        user_display_name=name,
        challenge=challenge.encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_descriptors(session, sign_in_name),
    )
    return webauthn.options_to_json(options)


def add(
    session: Session,
    site: Site,
    sign_in_name: str,
    credential: str,
    challenge: str,
    name: str,
    now: datetime,
) -> str:
    """Add the passkey that a browser made; the factor's id. Raises `CodeWrong`."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=_expected(challenge),
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except _REFUSED:
        raise CodeWrong from None
    credential_id = _encoded(made.credential_id)
    if _find(session, credential_id) is not None:
        raise CodeWrong
    id = secrets.token_urlsafe(12)
    session.add(
        SecondFactor(
            id=id,
            sign_in_name=sign_in_name,
            kind=PASSKEY,
            name=name,
            credential_id=credential_id,
            public_key=_encoded(made.credential_public_key),
            sign_count=made.sign_count,
            added_at=now,
        )
    )
    session.flush()
    return id


def authentication_options(session: Session, site: Site, sign_in_name: str, challenge: str) -> str | None:
    """What the browser needs to show one of the person's passkeys, as JSON; None if they have none."""
    known = _descriptors(session, sign_in_name)
    if not known:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge.encode(),
        allow_credentials=known,
        user_verification=_REQUIRED,
    )
    return webauthn.options_to_json(options)


def use(
    session: Session, site: Site, sign_in_name: str, credential: str, challenge: str, now: datetime
) -> None:
    """Use one of the person's passkeys. Raises `CodeWrong`."""
    try:
        factor = _find(session, json.loads(credential)["id"])
        if factor is None or factor.sign_in_name != sign_in_name:
            raise CodeWrong
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_expected(challenge),
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            credential_public_key=base64url_to_bytes(factor.public_key),
            credential_current_sign_count=factor.sign_count,
            require_user_verification=True,
        )
    except _REFUSED:
        raise CodeWrong from None
    unchanged = (col(SecondFactor.id) == factor.id, col(SecondFactor.sign_count) == factor.sign_count)
    used = update(SecondFactor).where(*unchanged).values(sign_count=shown.new_sign_count, last_used_at=now)
    if cast(CursorResult[Any], session.execute(used)).rowcount != 1:
        raise CodeWrong


# What a browser sends is anybody's: the library raises its own errors, and those of what it parses.
_REFUSED = (
    WebAuthnException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
)


def _expected(challenge: str) -> bytes:
    """The challenge of the session. Raises `CodeWrong` if it has none: each is good once."""
    if not challenge:
        raise CodeWrong
    return challenge.encode()


def _find(session: Session, credential_id: str) -> SecondFactor | None:
    """The passkey of this id. Raises `TypeError` if it is no text."""
    if not _ID.fullmatch(credential_id):
        return None
    return session.exec(select(SecondFactor).where(SecondFactor.credential_id == credential_id)).first()


def _descriptors(session: Session, sign_in_name: str) -> list[PublicKeyCredentialDescriptor]:
    found = list_factors(session, sign_in_name)
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
        for one in found
        if one.credential_id
    ]


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
