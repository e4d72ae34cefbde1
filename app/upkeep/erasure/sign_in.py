"""Erasing what a supervisor signed in with, and where their name was written beside their account."""

from sqlalchemy import delete, select, update
from sqlmodel import Session

from app.commune.accounts import throttle
from app.commune.accounts.deactivation import end_sessions
from app.commune.accounts.models import Account, OneTimeLink, SignInName
from app.commune.credentials.models import PasswordReset
from app.commune.second_factor.models import FactorLoss, RecoveryCode, SecondFactor
from app.core.db import table_of
from app.reports.open_data.models import ApiToken
from app.review.visit_list.saved_filters import SavedFilter


def erase_sign_in(session: Session, account: Account, label: str) -> None:
    """Delete sign-in name, password, factors, links, sessions and saved filters of an account, and write
    `label` where its name was written: at passwords that it had others reset, and at tokens for programs.

    A token has a name and no account, so that of a colleague with the same name has the label as well.
    """
    end_sessions(session, account)
    name = table_of(SignInName)
    own = (name.c.commune_id == account.commune_id, name.c.account_id == account.id)
    for sign_in_name in list(session.scalars(select(name.c.name).where(*own))):
        for table in (table_of(OneTimeLink), table_of(RecoveryCode), table_of(SecondFactor)):
            session.execute(delete(table).where(table.c.sign_in_name == sign_in_name))
        throttle.forget_browsers(session, f"desk {sign_in_name}")
    session.execute(delete(name).where(*own))
    saved, loss = table_of(SavedFilter), table_of(FactorLoss)
    session.execute(
        delete(saved).where(saved.c.commune_id == account.commune_id, saved.c.account_id == account.id)
    )
    of_losses = (loss.c.commune_id == account.commune_id, loss.c.account_id == account.id)
    session.execute(update(loss).where(*of_losses).values(browser="", session_hash=""))
    _write_label(session, account, label)


def _write_label(session: Session, account: Account, label: str) -> None:
    reset, link, token = table_of(PasswordReset), table_of(OneTimeLink), table_of(ApiToken)
    by_them = (reset.c.commune_id == account.commune_id, reset.c.reset_by_id == account.id)
    session.execute(update(reset).where(*by_them).values(reset_by=label))
    session.execute(update(link).where(link.c.reset_by_id == account.id).values(reset_by=label))
    made = (token.c.commune_id == account.commune_id, token.c.made_by == account.name)
    session.execute(update(token).where(*made).values(made_by=label))
