"""*Giấy tờ*: the papers on personal data and security that a commune needs."""

from app.web.desk.records.papers import download, paper_list
from app.web.routing import routes_of

router = routes_of(paper_list, download)
