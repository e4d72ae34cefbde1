"""The wire of `POST /api/v1/card`, which is no part of an exchange."""

from typing import Literal, NotRequired

from pydantic import BaseModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.card.keys import CardKeyRow
from app.core.types import Id, Token


class CardRequest(BaseModel):
    """What a phone says of its card. `key_id`: the key that it has stored; empty without one."""

    proto: Literal[1]
    device_id: Id
    key_id: Token = ""


class CardAnswer(TypedDict):
    """What the card says. `phone`: the number to call, in E.164, or empty. `key`: to be stored, and named in
    the next request; left out if the phone has it."""

    proto: int
    name: str
    team: str
    commune: str
    phone: str
    key: NotRequired[CardKeyRow]
