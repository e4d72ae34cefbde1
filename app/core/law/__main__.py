"""`make facts`: all facts by the day of their check, the oldest first."""

import sys

from app.core.clock import local_date, utc_now
from app.core.law.facts import STALE_AFTER, facts, stale_facts

today = local_date(utc_now())
by_age = sorted(facts().values(), key=lambda fact: fact.checked)
lines = [
    f"{fact.checked:%d/%m/%Y}  {(today - fact.checked).days:3} days  {fact.source}  "
    f"{fact.code}: {fact.citation}. {fact.says}.{fact.seen and f' ({fact.seen})'}"
    for fact in by_age
]
last = f"{len(lines)} facts, {len(stale_facts(today))} of them checked more than {STALE_AFTER.days} days ago."
sys.stdout.write("\n".join([*lines, f"{last}\n"]))
