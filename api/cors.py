"""CORS: programs in a browser on any site may use the API, which holds nothing about the requester."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from api.errors import is_api_request

# Headers that a program in a browser may read.
EXPOSED = "ETag, Retry-After, X-Total-Count, Accept-Ranges, Content-Range, Repr-Digest, Content-Disposition"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",  # seconds; a day is the most that browsers allow
}


def cors_headers(get_response: GetResponse) -> GetResponse:
    """Middleware that adds CORS headers, so that other sites can also read errors and redirects."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_api_request(request):
            return get_response(request)
        response = _preflight() if _is_preflight(request) else get_response(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return middleware


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _preflight() -> HttpResponse:
    return HttpResponse(status=204, headers=PREFLIGHT)
