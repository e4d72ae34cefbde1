"""The pages of a province: its communes, their closed reports and what they come to, for its viewers."""

from app.web.province import account, pages, report, tokens
from app.web.routing import routes_of

router = routes_of(pages, report, tokens, account)
