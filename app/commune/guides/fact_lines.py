"""`:::luat`: the facts that a guide rests on, named under the lines that need them and printed last."""

import re

from markupsafe import escape

from app.core.law.facts import Fact, facts

_LINE = re.compile(r"^:::luat\b(.*)$\n?", re.MULTILINE)
_UNDER_STEP = re.compile(r"^:::[ ]*\n(:::luat\b.*)$", re.MULTILINE)
_SOURCES = {"G": "", "P": ", theo báo chí", "S": ", theo nguồn thứ cấp"}


def fact_codes(body: str) -> list[str]:
    """The codes that a text names, each once, in its order: *:::luat link_platforms link_banks*."""
    return list(dict.fromkeys(code for names in _LINE.findall(body) for code in names.split()))


def unknown_facts(body: str) -> list[str]:
    """Those of which `app/core/law/facts.toml` knows nothing."""
    return [code for code in fact_codes(body) if code not in facts()]


def facts_of(body: str) -> list[Fact]:
    """The facts that a text names. One that a later version of the file has no longer is left out."""
    return [facts()[code] for code in fact_codes(body) if code in facts()]


def without_fact_lines(body: str) -> str:
    """The text without the lines that name facts."""
    return _LINE.sub("", body)


def fact_sentences(body: str) -> list[str]:
    """For each fact that a text names: what it says, where, since when, and when it was checked."""
    return [_sentence(fact) for fact in facts_of(body)]


def step_sentences(body: str) -> list[str]:
    """Those of the facts under its steps; of all where no step has one."""
    return fact_sentences("\n".join(_UNDER_STEP.findall(body)) or body)


def facts_html(body: str) -> str:
    """A small paragraph for each of these sentences."""
    return "".join(f"<p><small>{escape(sentence)}</small></p>\n" for sentence in fact_sentences(body))


def _sentence(fact: Fact) -> str:
    since = ", chưa rõ ngày áp dụng" if fact.act.is_law else ""
    if fact.in_force:
        since = f", áp dụng từ {fact.in_force:%d/%m/%Y}"
    cited = fact.citation[:1].upper() + fact.citation[1:]
    checked = f"kiểm tra ngày {fact.checked:%d/%m/%Y}{_SOURCES[fact.source]}"
    return f"{fact.says}. {cited}{since}; {checked}."
