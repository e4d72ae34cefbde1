"""The names of rules and their sentences, in the language of the screens."""

from collections.abc import Callable, Iterable

from app.core.strings import _, lazy
from app.flags.queries import Flag, FlagGroup, RuleCount
from app.flags.rules import BURST, CLOCK, COPIED, DIGITS, MANY, PEOPLE, REPEATED, UNLISTED, Numbers

NAMES = {
    MANY: lazy("Nhiều lượt trong ngày"),
    BURST: lazy("Ghi dồn dập"),
    COPIED: lazy("Cùng ghi chú"),
    REPEATED: lazy("Trùng hộ trong ngày"),
    UNLISTED: lazy("Hộ ngoài danh sách"),
    CLOCK: lazy("Đồng hồ sai"),
    PEOPLE: lazy("Nhiều người một lúc"),
    DIGITS: lazy("Có thể chứa số căn cước"),
}
# About one visit.
_SENTENCES: dict[str, Callable[[Numbers], str]] = {
    MANY: lambda n: _("Người này ghi %(visits)s lượt trong ngày.", **n),
    BURST: lambda n: _("%(visits)s lượt ghi liền nhau, cách nhau %(seconds)s giây.", **n),
    COPIED: lambda n: _("%(visits)s lượt trong ngày có cùng ghi chú.", **n),
    REPEATED: lambda n: _("Hộ này có %(visits)s lượt trong ngày.", **n),
    UNLISTED: lambda n: _("Người này tự thêm %(households)s hộ trong ngày, thôn đã có danh sách.", **n),
    CLOCK: lambda n: _("Đồng hồ của máy sai %(minutes)s phút.", **n),
    PEOPLE: lambda n: _("Một việc ghi %(people)s người.", **n),
    DIGITS: lambda _n: _("Ghi chú có thể chứa số căn cước."),
}
# About the visits of one person and day, after their number.
_PHRASES: dict[str, Callable[[Numbers], str]] = {
    MANY: lambda _n: _("nhiều trong một ngày"),
    BURST: lambda n: _("cách nhau %(seconds)s giây", **n),
    COPIED: lambda _n: _("cùng ghi chú"),
    REPEATED: lambda _n: _("trùng hộ trong ngày"),
    UNLISTED: lambda n: _("ở %(households)s hộ tự thêm", **n),
    CLOCK: lambda n: _("đồng hồ sai %(minutes)s phút", **n),
    PEOPLE: lambda n: _("ghi %(people)s người một việc", **n),
    DIGITS: lambda _n: _("ghi chú có thể chứa số căn cước"),
}


def sentence(flag: Flag) -> str:
    """*Người này ghi 44 lượt trong ngày.*"""
    return _SENTENCES[flag.rule](flag.numbers)


def names(flags: Iterable[Flag]) -> str:
    """*Nhiều lượt trong ngày, Ghi dồn dập*."""
    return ", ".join(str(NAMES[flag.rule]) for flag in flags)


def group_sentence(group: FlagGroup) -> str:
    """*44 lượt, cách nhau 12 giây, cùng ghi chú*; a rule that holds for some of them says for how many.

    That there are many needs no words where another rule holds for all: the number comes first.
    """
    count = len(group.visit_ids)
    phrases = [_phrase(one, count) for one in group.rules]
    if len(group.rules) > 1 and group.rules[0].rule == MANY and group.rules[0].visits == count:
        phrases = phrases[1:]
    return ", ".join([_("%(count)s lượt", count=count), *phrases])


def _phrase(one: RuleCount, count: int) -> str:
    phrase = _PHRASES[one.rule](one.numbers)
    return phrase if one.visits == count else _("%(count)s lượt %(what)s", count=one.visits, what=phrase)
