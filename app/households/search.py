"""Households by what people call them, as the phone searches: marks aside, every word somewhere."""

from functools import lru_cache
from typing import Any

from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.core.text import fold
from app.households.models import Household


def matching(session: Session, actor: Actor, words: str) -> tuple[str, ...]:
    """Ids of households the actor may see: name, house number and alley hold every one of `words`."""
    wanted = set(fold(words).split())
    home: Any = Household
    labels = visible_to(actor, Household).with_only_columns(
        home.id, home.head_name, home.house_no, home.alley
    )
    found = [(id, _folded(*label)) for id, *label in session.execute(labels)]
    return tuple(sorted(id for id, label in found if all(word in label for word in wanted)))


@lru_cache(20_000)  # a label is folded once: a commune's take 20 ms
def _folded(head_name: str, house_no: str, alley: str) -> str:
    return fold(f"{head_name} {house_no} {alley}")
