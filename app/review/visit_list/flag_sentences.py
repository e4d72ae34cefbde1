"""The names of rules and their sentences, in the language of the screens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.core.strings import _, labels, lazy
from app.fieldwork.derived.flags.rules import (
    ABSENCES,
    ALIKE,
    ALL_MET,
    AT_SESSION,
    BURST,
    CLOCK,
    COPIED,
    CROWDS,
    DIGITS,
    HOUR,
    LOOK_BACK,
    MANY,
    NIGHT,
    PACE,
    PEOPLE,
    QUICK_ABSENCES,
    REGULAR,
    REPEATED,
    RULES,
    TOGETHER,
    UNLINKED,
    UNLISTED,
    WRITE_UP,
    Numbers,
)
from app.review.visit_list.flag_queries import Flag, FlagGroup, RuleCount

NAMES = labels(
    RULES,
    {
        MANY: lazy("Nhiều lượt"),
        BURST: lazy("Ghi dồn dập"),
        PACE: lazy("Dày trong 10 phút"),
        HOUR: lazy("Dày trong một giờ"),
        NIGHT: lazy("Ghi lúc đêm khuya"),
        ABSENCES: lazy("Vắng liền nhau"),
        REGULAR: lazy("Cách nhau đều"),
        UNLINKED: lazy("Vắng cũng lâu"),
        ALL_MET: lazy("Không ai vắng"),
        ALIKE: lazy("Cùng nội dung"),
        CROWDS: lazy("Lượt đông người"),
        COPIED: lazy("Cùng ghi chú"),
        REPEATED: lazy("Trùng hộ"),
        UNLISTED: lazy("Hộ tự thêm"),
        PEOPLE: lazy("Nhiều người một lúc"),
        DIGITS: lazy("Đã che số căn cước"),
        TOGETHER: lazy("Hai người cùng đến"),
        WRITE_UP: lazy("Ghi một lúc nhiều lượt"),
        QUICK_ABSENCES: lazy("Vắng cả dãy"),
        AT_SESSION: lazy("Có buổi tập trung"),
        CLOCK: lazy("Đồng hồ sai"),
    },
)
# About one visit.
_SENTENCES: dict[str, Callable[[Numbers], str]] = labels(
    RULES,
    {
        MANY: lambda n: _("Người này ghi %(visits)s lượt trong ngày.", **n),
        BURST: lambda n: _("%(visits)s lượt ghi liền nhau, cách nhau %(seconds)s giây.", **n),
        PACE: lambda n: _("%(visits)s lượt ghi trong 10 phút.", **n),
        HOUR: lambda n: _("%(visits)s hộ gặp được người trong 60 phút.", **n),
        NIGHT: lambda n: _("%(visits)s lượt ghi từ 23 giờ đến 5 giờ.", **n),
        ABSENCES: lambda n: _("%(visits)s lượt Vắng nhà liền nhau, ghi từng lượt.", **n),
        REGULAR: lambda n: _(
            "%(visits)s lượt, phần lớn cách lượt trước từ %(least)s đến %(most)s.",
            visits=n["visits"],
            least=_pause(n["least"]),
            most=_pause(n["most"]),
        ),
        UNLINKED: lambda n: _(
            "Trước một lượt Vắng nhà thường là %(absent)s, trước một lượt hướng dẫn thường là %(helped)s.",
            absent=_pause(n["absent"]),
            helped=_pause(n["helped"]),
        ),
        ALL_MET: lambda n: _("%(visits)s lượt trong ngày, không lượt nào Vắng nhà.", **n),
        ALIKE: lambda n: _("%(visits)s lượt hướng dẫn ghi cùng việc, cùng kết quả, cùng số người.", **n),
        CROWDS: lambda n: _("%(visits)s lượt trong ngày có việc ghi từ %(people)s người trở lên.", **n),
        COPIED: lambda n: _("%(visits)s lượt trong ngày có cùng ghi chú.", **n),
        REPEATED: lambda n: _("Hộ này có %(visits)s lượt trong ngày; lượt này không phải lượt đầu.", **n),
        UNLISTED: lambda n: _("Người này tự thêm %(households)s hộ trong ngày, thôn đã có danh sách.", **n),
        CLOCK: lambda n: _("Đồng hồ của máy sai %(what)s.", what=_span(n["minutes"])),
        PEOPLE: lambda n: _("Một việc ghi %(people)s người.", **n),
        DIGITS: lambda _n: _("Ghi chú có số như số căn cước, ứng dụng đã che."),
        TOGETHER: lambda n: _("Người khác cũng ghi hộ này, sớm hơn %(minutes)s phút.", **n),
        WRITE_UP: lambda n: _("%(visits)s lượt ghi trong nửa giờ.", **n),
        QUICK_ABSENCES: lambda n: _("%(visits)s lượt Vắng liền nhau, bằng Ghi nhanh.", **n),
        AT_SESSION: lambda n: _(
            "Hôm đó ở thôn này có ghi buổi hướng dẫn tập trung, khoảng %(people)s người dự.", **n
        ),
    },
)
# About the visits of one person and day, after their number.
_PHRASES: dict[str, Callable[[Numbers], str]] = labels(
    (name for name in RULES if name not in (TOGETHER, WRITE_UP, CLOCK, PEOPLE, AT_SESSION)),
    {
        MANY: lambda _n: _("nhiều trong một ngày"),
        BURST: lambda n: _("cách nhau %(seconds)s giây", **n),
        PACE: lambda n: _("%(visits)s lượt trong 10 phút", **n),
        HOUR: lambda n: _("%(visits)s hộ trong 60 phút", **n),
        NIGHT: lambda _n: _("ghi lúc đêm khuya"),
        ABSENCES: lambda _n: _("vắng nhà liền nhau"),
        QUICK_ABSENCES: lambda _n: _("vắng cả dãy bằng Ghi nhanh"),
        REGULAR: lambda n: _(
            "cách nhau %(least)s đến %(most)s", least=_pause(n["least"]), most=_pause(n["most"])
        ),
        UNLINKED: lambda _n: _("vắng cũng lâu như hướng dẫn"),
        ALL_MET: lambda _n: _("không hộ nào vắng"),
        ALIKE: lambda _n: _("cùng một nội dung"),
        CROWDS: lambda n: _("từ %(people)s người trở lên", **n),
        COPIED: lambda _n: _("cùng ghi chú"),
        REPEATED: lambda _n: _("trùng hộ trong ngày"),
        UNLISTED: lambda n: _("ở %(households)s hộ tự thêm", **n),
        DIGITS: lambda _n: _("ghi chú có số như số căn cước"),
    },
)


@dataclass(frozen=True)
class FlagLine:
    """*Người này ghi 44 lượt trong ngày.*; `first_visit_id`: the visit that was at the household before."""

    text: str
    first_visit_id: str | None


def flag_lines(flags: Iterable[Flag], *, notices: bool = False) -> list[FlagLine]:
    """The sentences of the flags, or of the `notices`."""
    return [FlagLine(_sentence(flag), flag.first_visit_id) for flag in flags if flag.is_notice == notices]


def _sentence(flag: Flag) -> str:
    sentence = _SENTENCES[flag.rule](flag.numbers)
    if "days" not in flag.numbers:
        return sentence
    again = _(
        "Ngày thứ %(days)s như vậy trong %(most)s ngày.", days=flag.numbers["days"], most=LOOK_BACK.days + 1
    )
    return f"{sentence} {again}"


def _pause(seconds: int) -> str:
    """*45 giây*, *7 phút*."""
    return _("%(n)s giây", n=seconds) if seconds < 120 else _span(round(seconds / 60))


def _span(minutes: int) -> str:
    """*23 phút*, *5 giờ*, *33 ngày*."""
    if minutes < 120:
        return _("%(n)s phút", n=minutes)
    if minutes < 2880:
        return _("%(n)s giờ", n=round(minutes / 60))
    return _("%(n)s ngày", n=round(minutes / 1440))


def names(flags: Iterable[Flag], *, notices: bool = False) -> str:
    """*Nhiều lượt trong ngày, Ghi dồn dập*; of the flags, or of the `notices`."""
    return ", ".join(str(NAMES[flag.rule]) for flag in flags if flag.is_notice == notices)


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
    if "days" in one.numbers:
        phrase = _("%(what)s (ngày thứ %(days)s)", what=phrase, days=one.numbers["days"])
    return phrase if one.visits == count else _("%(count)s lượt %(what)s", count=one.visits, what=phrase)
