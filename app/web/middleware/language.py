"""The language of a request: what was chosen in this browser, else Vietnamese."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.config import Settings
from app.core.strings import SOURCE, language
from app.web.deps import cookie_name

COOKIE = "language"
# These answer in codes, which the phone puts into words; and files.
_WITHOUT_WORDS = ("/api/", "/static/")


class Language:
    """Translates texts into the language of the cookie; one that is unknown means Vietnamese."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.cookie = cookie_name(COOKIE, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_WITHOUT_WORDS):
            await self.app(scope, receive, send)
            return
        with language(self.chosen(scope)):
            await self.app(scope, receive, send)

    def chosen(self, scope: Scope) -> str:
        """The value of the cookie, whatever it is."""
        sent = Headers(scope=scope).get("cookie", "")
        if self.cookie not in sent:
            return SOURCE
        try:
            found = SimpleCookie(sent).get(self.cookie)
        except CookieError:
            return SOURCE
        return found.value if found else SOURCE
