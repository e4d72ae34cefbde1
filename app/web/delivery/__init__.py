"""Export files that other people deliver: the public page `/upload`, another signed-in phone, and
the queue that a phone has sealed itself."""

from app.web.delivery import encrypted_queue, other_phone, upload
from app.web.routing import routes_of

pages = routes_of(upload)
api = routes_of(other_phone, encrypted_queue)
