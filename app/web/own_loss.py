"""*Có người báo bạn mất lớp thứ hai*: what whoever it is about reads, on every page of theirs."""

from app.commune.second_factor.models import FactorLoss
from app.core.strings import _
from app.web.rendering import moment


def own_loss_sentence(loss: FactorLoss) -> str:
    """Who asked for it, when, and from when on it replaces the factor."""
    due = moment(loss.due_at) if loss.due_at else ""
    if loss.operator:
        return _(
            "%(by)s, người vận hành, xin đặt lại lớp thứ hai của bạn: từ %(when)s lớp cũ có thể bị thay.",
            by=loss.operator,
            when=due,
        )
    return _(
        "Lúc %(asked)s có người báo bạn mất lớp thứ hai, từ %(where)s: từ %(when)s lớp cũ có thể bị thay.",
        asked=moment(loss.asked_at),
        where=loss.browser,
        when=due,
    )
