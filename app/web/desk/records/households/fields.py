"""The fields of a household's forms: what was typed, and a sentence for what cannot be stored."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form

from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import nfc
from app.fieldwork.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.review.register.commands import HouseholdLabel
from app.web.rendering import number

LENGTHS = {"head_name": NAME_LENGTH, "house_no": HOUSE_NO_LENGTH, "alley": ALLEY_LENGTH}


@dataclass(frozen=True)
class LabelForm:
    """The fields of a label as they were typed."""

    head_name: Annotated[str, Form()] = ""
    house_no: Annotated[str, Form()] = ""
    alley: Annotated[str, Form()] = ""

    @property
    def label(self) -> HouseholdLabel:
        return HouseholdLabel(self.head_name, self.house_no, self.alley)

    @property
    def shown(self) -> "LabelForm":
        """The fields to show again: of a text that is much too long its beginning."""
        return LabelForm(**{name: vars(self)[name][: 4 * limit] for name, limit in LENGTHS.items()})


TypedLabel = Annotated[LabelForm, Depends()]


def check_label(form: LabelForm) -> dict[str, str]:
    """Sentences for the fields that cannot be stored, by field."""
    problems = {name: _problem(vars(form)[name], limit) for name, limit in LENGTHS.items()}
    if not problems["head_name"] and not nfc(form.head_name):
        problems["head_name"] = _("Nhập họ và tên chủ hộ.")
    return {name: sentence for name, sentence in problems.items() if sentence}


def _problem(text: str, limit: int) -> str:
    try:
        stored = nfc(text)
    except TextRefused:
        return _("Có ký tự không dùng được. Hãy gõ lại.")
    if len(stored) > limit or "\n" in stored:
        return _("Viết trên một dòng, nhiều nhất %(limit)s ký tự.", limit=number(limit))
    return ""
