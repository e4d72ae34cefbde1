"""What of a guide can become untrue: each such line rests on the facts that the line under it names."""

import re
from collections.abc import Iterator
from itertools import pairwise

from app.commune.guides.fact_lines import fact_codes, facts_of, unknown_facts
from app.commune.guides.steps import steps_as_lines
from app.core.law.facts import Fact

# The numbers of a list, the two levels of VNeID and the addresses of links say nothing that changes.
_NO_STATEMENT = re.compile(r"^\d+\. |\bmức \d\b|\]\([^)]*\)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_CAN_CHANGE = re.compile(
    r"\d|\b(?:phải|bắt buộc|không được|được phép|không bị|cấm|vi phạm|theo quy định|hết hạn|quá hạn"
    r"|miễn phí|mất (?:lệ )?phí|mất tiền|mất cước|có quyền"
    r"|(?:hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?:giờ|ngày|tuần|tháng|năm|triệu|tỷ))\b",
    re.IGNORECASE,
)


def statement_problems(body: str) -> Iterator[str]:
    """What a guide of the library says without a fact, in sentences for whoever writes it."""
    for code in unknown_facts(body):
        yield f"no fact is called {code}"
    if not fact_codes(body):
        yield "it names no fact (:::luat)"
    lines = steps_as_lines(body).splitlines()
    for line, below in pairwise([*lines, ""]):
        said = _NO_STATEMENT.sub("", line)
        if line.startswith(":::") or not _can_become_untrue(said):
            continue
        cited = facts_of(below)
        if not cited:
            yield f"no fact stands under “{line}”"
        elif unsaid := _numbers(said) - _numbers(" ".join(map(_all_of, cited))):
            yield f"“{line}” says {', '.join(sorted(unsaid))}, and its facts do not"


def _can_become_untrue(said: str) -> bool:
    """A question asserts nothing but its numbers."""
    is_question = said.startswith("#") and said.endswith("?")
    return bool((_NUMBER if is_question else _CAN_CHANGE).search(said))


def _numbers(text: str) -> set[str]:
    return {number.lstrip("0") for number in _NUMBER.findall(text)}


def _all_of(fact: Fact) -> str:
    since = f"{fact.in_force:%d/%m/%Y}" if fact.in_force else ""
    return f"{fact.says} {fact.citation} {since}"
