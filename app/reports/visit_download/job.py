"""What the process that writes a file is told: whose visits, which ones, and the words of its cells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter

from app.commune.accounts.access import Actor
from app.review.visit_list.listing import Filters

Form = Literal["csv", "xlsx"]
MAX_VISITS = 500_000  # of a file: half of a sheet's lines, two years of a large commune


@dataclass(frozen=True)
class Labels:
    """The words of codes, as the desk shows them. `outcomes` and `units` belong to services; `paper`, `quick`
    and `phone` say how a visit was recorded, `erased` stands for the head of an erased household."""

    results: dict[str, str]
    outcomes: dict[str, str]
    units: dict[str, str]
    states: dict[str, str]
    paper: str
    quick: str
    phone: str
    erased: str


@dataclass(frozen=True)
class Job:
    """One file: the visits of `filters` that `actor` may see. `filters_text`: the filters in words."""

    database_url: str
    form: Form
    actor: Actor
    filters: Filters
    filters_text: str
    commune: str
    made_at: datetime
    labels: Labels


JOB_JSON = TypeAdapter(Job)
