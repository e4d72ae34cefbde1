"""What the sentences of a report have to say, read back from their words: every number is parsed and compared
with the figure that it speaks of, and every sentence has to be one that the figures call for."""

import re
from dataclasses import dataclass, field
from typing import Any

_N = r"(-?\d{1,3}(?:\.\d{3})*|-?\d+)"
_RESULT = re.compile(
    rf"Trong (.+) có {_N} hộ được hướng dẫn trên {_N} hộ đã gặp, qua {_N} lượt thăm hộ"
    r"(, tính cả điều chỉnh của các kỳ trước)?\."
)
_COMPARED = re.compile(
    r"(?:Đến ([\d/]+), khi kỳ chưa hết, so với kỳ trước cùng số ngày|So với) \(?(.+?)\)?, (số hộ .+)\."
)
_CHANGE = re.compile(
    r"(số hộ được hướng dẫn|số lượt thăm hộ) "
    rf"(?:(tăng|giảm) {_N} \(từ {_N} (?:lên|xuống) {_N}\)|không đổi \({_N}\))"
)
_SERVICES = re.compile(
    rf"(?:Nhiều người được hướng dẫn nhất: (.+?)(?:; giúp nộp {_N} hồ sơ dịch vụ công trực tuyến)?"
    rf"|Các tổ đã giúp nộp {_N} hồ sơ dịch vụ công trực tuyến)\."
)
_SESSIONS = re.compile(rf"Đã tổ chức {_N} buổi tuyên truyền(?:, chưa đếm số người dự| với {_N} người dự)\.")
_BEHIND = re.compile(
    rf"Đến hết kỳ, nơi có tỷ lệ hộ được hướng dẫn chưa bằng một nửa mức chung \({_N} trên {_N} hộ\): "
    rf"(.+?)(?: và {_N} nơi nữa)?\."
)
_HAMLET = re.compile(rf"(?:^|, )(.+?) \({_N} trên {_N} hộ\)")
_SERVICE = re.compile(rf"(?:^|, )(.+?) \({_N} người\)")


@dataclass
class Facts:
    """A commune's figures, counted apart from the report. `hamlets`: name, households ever guided, and on the
    list; `services`: people by the name of the service; `day`: of a period that is not over."""

    label: str
    before_label: str
    whole: dict[str, Any]
    before: dict[str, Any]
    hamlets: list[tuple[str, int, int]] = field(default_factory=list)
    services: dict[str, int] = field(default_factory=dict)
    has_adjustments: bool = False
    day: str = ""


def check(sentences: tuple[str, ...], facts: Facts) -> None:
    """Raises `AssertionError` for a sentence that says something else than the figures."""
    assert 2 <= len(sentences) <= 5, sentences
    rest = list(sentences)
    _check_result(rest.pop(0), facts)
    _check_comparison(rest.pop(0), facts)
    for is_due, checker in (
        (bool(_shown(facts)) or facts.whole["applications"] > 0, _check_services),
        (facts.whole["sessions"] > 0, _check_sessions),
        (bool(_behind(facts)), _check_behind),
    ):
        if is_due:
            checker(rest.pop(0), facts)
    assert rest == [], "something is said of nothing"


def _number(text: str) -> int:
    return int(text.replace(".", ""))


def _check_result(sentence: str, facts: Facts) -> None:
    whole = facts.whole
    if not (whole["guided"] or whole["met"] or whole["visits"]):
        assert sentence == f"Trong {facts.label} chưa có lượt thăm hộ nào."
        return
    said = _RESULT.fullmatch(sentence)
    assert said, sentence
    assert said[1] == facts.label
    assert [_number(said[n]) for n in (2, 3, 4)] == [whole["guided"], whole["met"], whole["visits"]]
    assert (said[5] is not None) is facts.has_adjustments


def _check_comparison(sentence: str, facts: Facts) -> None:
    before = facts.before
    if not (before["guided"] or before["visits"] or before["sessions"]):
        assert sentence == f"Không so sánh được với {facts.before_label} vì kỳ đó chưa có số liệu."
        return
    said = _COMPARED.fullmatch(sentence)
    assert said, sentence
    assert (said[1] or "", said[2]) == (facts.day, facts.before_label)
    changes = _CHANGE.findall(said[3])
    assert [one[0] for one in changes] == ["số hộ được hướng dẫn", "số lượt thăm hộ"]
    assert " và ".join(one[0] for one in _CHANGE.finditer(said[3])) == said[3], "nothing else is said"
    for code, (_name, way, difference, old, new, same) in zip(("guided", "visits"), changes, strict=True):
        change = facts.whole[code] - before[code]
        if not change:
            assert _number(same) == facts.whole[code]
            continue
        assert way == ("tăng" if change > 0 else "giảm")
        assert [_number(one) for one in (difference, old, new)] == [
            abs(change),
            before[code],
            facts.whole[code],
        ]


def _shown(facts: Facts) -> list[tuple[str, int]]:
    """The three services with most people, by name where they are as many."""
    used = [(name, people) for name, people in facts.services.items() if people > 0]
    return sorted(used, key=lambda one: (-one[1], one[0]))[:3]


def _check_services(sentence: str, facts: Facts) -> None:
    said = _SERVICES.fullmatch(sentence)
    assert said, sentence
    found = [(name, _number(people)) for name, people in _SERVICE.findall(said[1] or "")]
    assert found == _shown(facts)
    applications = said[2] or said[3]
    assert (_number(applications) if applications else 0) == max(0, facts.whole["applications"])


def _check_sessions(sentence: str, facts: Facts) -> None:
    said = _SESSIONS.fullmatch(sentence)
    assert said, sentence
    assert _number(said[1]) == facts.whole["sessions"]
    assert (None if said[2] is None else _number(said[2])) == facts.whole["attended"]


def _behind(facts: Facts) -> list[tuple[str, int, int]]:
    """Cross-multiplied: a hamlet's share times two is less than the commune's."""
    guided, households = facts.whole["cumulative"], facts.whole["households"]
    if not guided or not households:
        return []
    found = [one for one in facts.hamlets if one[2] and 2 * one[1] * households < guided * one[2]]
    return sorted(found, key=lambda one: (one[1] / one[2], one[0]))


def _check_behind(sentence: str, facts: Facts) -> None:
    said = _BEHIND.fullmatch(sentence)
    assert said, sentence
    assert [_number(said[1]), _number(said[2])] == [facts.whole["cumulative"], facts.whole["households"]]
    named = [(name, _number(guided), _number(of)) for name, guided, of in _HAMLET.findall(said[3])]
    behind = _behind(facts)
    assert named == behind[:5]
    assert (_number(said[4]) if said[4] else 0) == len(behind) - len(named)
