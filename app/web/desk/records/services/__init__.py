"""*Việc hướng dẫn*: the commune's catalog as a list, and the form of a service of its own."""

from fastapi import APIRouter

from app.web.desk.records.services import by_use, service_form, service_list

router = APIRouter()
for _page in (by_use, service_list, service_form):  # *order* is no code of a service
    router.include_router(_page.router)
