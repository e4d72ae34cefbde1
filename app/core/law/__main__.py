"""`make facts`: the facts of law that somebody has to check again."""

import sys

from app.core.clock import local_date, utc_now
from app.core.law.facts import STALE_AFTER, stale_facts

stale = stale_facts(local_date(utc_now()))
lines = [f"{fact.checked:%d/%m/%Y}  {fact.code}: {fact.citation}. {fact.says}." for fact in stale]
days = STALE_AFTER.days
sys.stdout.write("\n".join([*lines, f"{len(stale)} facts were checked more than {days} days ago.\n"]))
