"""How large the body of a request may be, and in what time it has to arrive, by path."""

from app.sync.wire.protocol import MAX_BODY_BYTES

OTHER_BODY = 64 * 1024
FILE_BODY = DRAIN = 8 * 1024 * 1024
EXPORT_FILE = "/desk/export-file"
UPLOAD, CARRIED_FILES = "/upload", "/api/v1/export-files"
ENCRYPTED_QUEUE = "/api/v1/encrypted-queue"
HOUSEHOLD_LISTS = "/desk/imports"
PEOPLE_LIST, PEOPLE_INVITES = "/desk/people/import", "/desk/people/import/invites"
BEGIN_LIST, BEGIN_START = "/operator/begin", "/operator/begin/start"
CARRIED_BODY = 3 * 1024 * 1024  # the queue of a year takes 2 MB, in base64
PEOPLE_BODY = 2 * 1024 * 1024  # 500 people in a workbook have 30 KB
LIST_BODY = 21 * 1024 * 1024  # a file of 20 MB and the form around it
# Paths whose bodies may be larger than a form's. Their routes read them, once the sender is known.
LIMITS = {"/api/v1/sync": MAX_BODY_BYTES, EXPORT_FILE: FILE_BODY, HOUSEHOLD_LISTS: LIST_BODY}
LIMITS |= {UPLOAD: CARRIED_BODY, CARRIED_FILES: CARRIED_BODY, ENCRYPTED_QUEUE: CARRIED_BODY}
LIMITS |= {PEOPLE_LIST: PEOPLE_BODY, PEOPLE_INVITES: PEOPLE_BODY}
LIMITS |= {BEGIN_LIST: PEOPLE_BODY, BEGIN_START: PEOPLE_BODY}
# Seconds for a whole body. Phones give up after 30; 8 MB in 180 need 0.4 Mbit/s, 21 MB in 300 0.6, 3 MB in
# 60 the same.
TIMES = {EXPORT_FILE: 180, HOUSEHOLD_LISTS: 300}
OTHER_TIME = 60
# Bytes per second of a body whose unknown sender holds one of few places, after the first seconds: a line of
# 2G brings more, and a sender who only keeps the place is gone soon.
MIN_RATES = {UPLOAD: 1024}
RATE_GRACE = 8
