"""*Cần gọi hôm nay*: *Đã gọi* with a note, and *Đã rõ, thôi nhắc* with a reason."""

from fastapi import APIRouter

from app.web.desk.people.calls import call_form, invite_call_form, settle_form

router = APIRouter()
for _page in (call_form, invite_call_form, settle_form):
    router.include_router(_page.router)
