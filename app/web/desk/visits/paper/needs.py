"""*Còn cần gì?* in the form of a visit on paper; on the phone visitNeeds.ts makes the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.commune.catalog.services import Service
from app.web.desk.visits.paper.entry import Entry

FRONT_SERVICES = 5  # before *Việc khác*


@dataclass(frozen=True)
class NeedChoice:
    """A service that the household may still want."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class NeedFields:
    """What templates/field/_visit_needs.html shows. `open_needs`: codes of what was open before the visit."""

    needs: list[NeedChoice]
    other_needs: list[NeedChoice]
    needs_open: bool
    open_needs: list[str]
    open_needs_text: str


def need_fields(
    entry: Entry, offered: Sequence[Service], catalog: Mapping[str, Service], open_before: Sequence[str]
) -> NeedFields:
    """What the form shows: needs of before are ticked unless they were unticked before."""
    seen = _known([*open_before, *entry.seen_needs], catalog)
    chosen = {*entry.needs, *(code for code in seen if code not in entry.seen_needs)}
    front = _known([*seen, *entry.needs, *(one.code for one in offered[:FRONT_SERVICES])], catalog)
    rest = [one.code for one in offered if one.code not in front]

    def choices(codes: Sequence[str]) -> list[NeedChoice]:
        return [NeedChoice(code, catalog[code].label, code in chosen) for code in codes]

    return NeedFields(
        needs=choices(front),
        other_needs=choices(rest),
        needs_open=bool(entry.added_needs or entry.dropped_needs),
        open_needs=seen,
        open_needs_text=" · ".join(catalog[code].label for code in seen),
    )


def _known(codes: Sequence[str], catalog: Mapping[str, Service]) -> list[str]:
    """Each code once, without those that are in no catalog: only a forged form sends them."""
    return [code for code in dict.fromkeys(codes) if code in catalog]
