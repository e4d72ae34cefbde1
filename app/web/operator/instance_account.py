"""*Tài khoản* of people who belong to no commune: their own password and sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials.instance_people import InstancePeople, P, S
from app.core.db import Database
from app.core.strings import _
from app.web.deps import desk_cookie, get_settings
from app.web.frame import Frame
from app.web.sign_in import own_account
from app.web.sign_in.guard import guard_for
from app.web.sign_in.password_fields import password_problems


@dataclass(frozen=True)
class InstanceAccountPage:
    """What templates/operator/account.html shows: the account at `address`; `problems` are
    sentences by field."""

    title: str
    frame: Frame
    address: str
    name: str
    sign_in_name: str
    problems: dict[str, str]
    sessions: list[own_account.SessionRow]
    done: str


@dataclass(frozen=True)
class InstanceAccount(Generic[P, S]):
    """One request of a person about their own account, whose page has this `frame`."""

    people: InstancePeople[P, S]
    person: P
    frame: Frame
    request: Request
    database: Database
    now: datetime

    def show(self, done: str) -> Response:
        """The page; `done` names what was just done."""
        return self._page({}, own_account.DONE.get(done, ""))

    def change_password(self, current: str, password: str, repeated: str) -> Response:
        """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
        name = self.person.sign_in_name
        if problems := password_problems(password, repeated, self.person.name, name):
            return self._page(problems)
        guard = guard_for(self.request, get_settings(self.request), "desk", name)

        def store(session: Session, old_hash: str, new_hash: str) -> None:
            self.people.change_password(session, self.person, old_hash, new_hash, self._cookie, self.now)

        refused = own_account.change_password(self.database, guard, name, current, password, self.now, store)
        if refused:
            return self._page({"current": refused.sentence}, retry_after=refused.retry_after)
        return self._done("password")

    def sign_out_elsewhere(self) -> Response:
        """*Đăng xuất nơi khác*."""
        self.database.write(
            lambda session: self.people.sign_out_elsewhere(session, self.person, self._cookie)
        )
        return self._done("elsewhere")

    @property
    def _cookie(self) -> str | None:
        return desk_cookie(self.request, get_settings(self.request))

    def _done(self, what: str) -> Response:
        return RedirectResponse(f"{self.frame.account}?done={what}", 303)

    def _page(self, problems: dict[str, str], done: str = "", retry_after: int = 0) -> Response:
        found = self.database.read(
            lambda session: self.people.list_sessions(session, self.person, self._cookie, self.now)
        )
        page = InstanceAccountPage(
            title=_("Tài khoản"),
            frame=self.frame,
            address=self.frame.account,
            name=self.person.name,
            sign_in_name=self.person.sign_in_name,
            problems={"current": "", "password": "", "repeated": ""} | problems,
            sessions=own_account.session_rows(found),
            done=done,
        )
        return own_account.account_page("operator/account.html", page, problems, retry_after)
