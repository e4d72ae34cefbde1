"""*Tài khoản* of people who belong to no commune: their own password and sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from app.commune.credentials.instance_people import InstancePeople, P, S
from app.core.db import Database
from app.web.deps import desk_cookie, get_settings
from app.web.forms import Filled
from app.web.screens import Office, screen
from app.web.sign_in import own_account
from app.web.sign_in.guard import guard_for
from app.web.sign_in.password_fields import password_problems


@dataclass(frozen=True)
class InstanceAccount(Generic[P, S]):
    """One request of a person about their own account, whose page has this `address`."""

    people: InstancePeople[P, S]
    person: P
    office: Office
    address: str
    request: Request
    database: Database
    now: datetime

    def show(self, done: str) -> Response:
        """The page; `done` names what was just done."""
        return self._page(own_account.PASSWORD.blank(), own_account.DONE.get(done, ""))

    def change_password(self, sent: FormData) -> Response:
        """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
        form, name = own_account.PASSWORD.read(sent, self.now), self.person.sign_in_name
        current, password, repeated = (form.values[field] for field in ("current", "password", "repeated"))
        if problems := password_problems(password, repeated, self.person.name, name):
            return self._page(form.with_problems(problems))
        guard = guard_for(self.request, get_settings(self.request), "desk", name)

        def store(session: Session, old_hash: str, new_hash: str) -> None:
            self.people.change_password(session, self.person, old_hash, new_hash, self._cookie, self.now)

        refused = own_account.change_password(self.database, guard, name, current, password, self.now, store)
        if refused:
            return own_account.refused_page(self._page, form, refused)
        return RedirectResponse(f"{self.address}?done=password", 303)

    def sign_out_elsewhere(self) -> Response:
        """*Đăng xuất nơi khác*."""
        self.database.write(
            lambda session: self.people.sign_out_elsewhere(session, self.person, self._cookie)
        )
        return RedirectResponse(f"{self.address}?done=elsewhere", 303)

    @property
    def _cookie(self) -> str | None:
        return desk_cookie(self.request, get_settings(self.request))

    def _page(self, form: Filled, done: str = "") -> Response:
        def load(session: Session) -> Mapping[str, Any]:
            return {
                "person": self.person,
                "address": self.address,
                "password": form,
                "sessions": self.people.list_sessions(session, self.person, self._cookie, self.now),
                "done": done,
            }

        return screen(self.office, "operator/account.html", "", load, form.status)
