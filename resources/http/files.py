"""Files with a strong ETag, of which a client may ask for a part (RFC 9110, section 14)."""

from __future__ import annotations

import base64
import re
from http import HTTPStatus
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

# One range of bytes. Of several at once the whole file is sent, as the standard allows.
RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


class Part:
    """`length` bytes of a file from `start` on, to be read once."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        file.seek(start)
        self.file, self.left = file, length
        self.fileno, self.tell, self.close = file.fileno, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        piece = self.file.read(wanted)
        self.left -= len(piece)
        return piece


def file_response(
    request: HttpRequest, file: IO[bytes], *, size: int, sha256: str, name: str, media_type: str
) -> HttpResponseBase:
    """Answer with the open file, the part of it that is asked for, 304 or 416. It is closed in any case."""
    tag = f'"{sha256}"'
    if answered := get_conditional_response(request, etag=tag):  # 304, or 412 for another If-Match
        file.close()
        answered.headers["ETag"] = tag
        return answered
    start, end = _asked_part(request, tag, size)
    if start >= end and size:
        file.close()
        return _with_headers(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}), tag)
    response: Any = FileResponse(
        Part(file, start, end - start), content_type=media_type, filename=name, as_attachment=True
    )
    response.headers["Content-Length"] = str(end - start)
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    if end - start < size:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with_headers(response, tag)


def _with_headers(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _asked_part(request: HttpRequest, tag: str, size: int) -> tuple[int, int]:
    """Return the first byte and the one after the last. The first is not in the file if the range is beyond.

    A range is ignored unless it is one range of bytes of the file that the client has a part of (If-Range).
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not asked or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return 0, size
    first, last, final = asked.groups()
    if final:
        return (max(0, size - int(final)), size) if int(final) else (size, size)
    if last and int(last) < int(first):
        return 0, size
    return int(first), min(int(last) + 1, size) if last else size
