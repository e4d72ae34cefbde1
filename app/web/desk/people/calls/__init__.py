"""*Cần gọi hôm nay*: *Đã gọi* with a note, and *Đã rõ, thôi nhắc* with a reason."""

from app.web.desk.people.calls import call_form, invite_call_form, settle_form
from app.web.routing import routes_of

router = routes_of(call_form, invite_call_form, settle_form)
