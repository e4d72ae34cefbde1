"""Answers that a client keeps and asks for again."""

import hashlib

from fastapi import Request
from fastapi.responses import Response

_MAX_TAGS = 1_000  # characters of If-None-Match


def with_etag(request: Request, content: bytes, media_type: str, **headers: str) -> Response:
    """The content with its `ETag`; only 304 if the request names that one."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers |= {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if tag in request.headers.get("if-none-match", "")[:_MAX_TAGS]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
