"""*Việc hướng dẫn*: the commune's catalog as a list, and the form of a service of its own."""

from fastapi import APIRouter

from app.web.desk.records.services import service_form, service_list

router = APIRouter()
for _page in (service_list, service_form):
    router.include_router(_page.router)
