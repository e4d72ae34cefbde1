"""The frame of the office's pages: whose place it is, who is signed in, and the links to the screens."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ScreenLink:
    """A link to a screen. `current`: `page` for the one that is open, `true` for the entry of the rail that
    it belongs to, else empty (`aria-current`)."""

    href: str
    label: str
    icon: str
    current: str


@dataclass(frozen=True)
class Frame:
    """The texts of the left rail; `tabs`: the screens of its current entry, if there are several; `account`:
    the address of one's own account; `find`: that of *Tìm*, empty for who has none. `unevaluated`: on screens
    with flags, how many visits wait for theirs to be computed, empty if none does. `as_of`: until when
    changes are on a screen that was read from a replica, else empty. `is_first_day`: on
    screens of its steps, whether *Ngày đầu* is to be gone back to. `own_loss`: that somebody has
    reported the reader's second factor as lost, which one tap stops."""

    commune: str
    person: str
    screens: list[ScreenLink]
    tabs: list[ScreenLink] = field(default_factory=list)
    account: str = "/desk/account"
    find: str = ""
    unevaluated: str = ""
    as_of: str = ""
    is_first_day: bool = False
    own_loss: str = ""
