"""Names of browsers in a few words, for the list of one's sessions: *Chrome trên Windows*."""

from app.core.strings import _, lazy

# What a `User-Agent` contains, the more particular first: most contain the names of older browsers as well.
_BROWSERS = (
    ("coc_coc", lazy("Cốc Cốc")), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def describe_browser(user_agent: str) -> str:
    """*Chrome trên Windows*; nothing of the text itself, which anybody may write."""
    browser = _first(_BROWSERS, user_agent) or _("Trình duyệt")
    system = _first(_SYSTEMS, user_agent)
    return _("%(browser)s trên %(system)s", browser=browser, system=system) if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
