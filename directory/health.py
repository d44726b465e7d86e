"""/healthz: the process answers. /readyz: it can also read its catalog."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from resources.models import Listing

PLAIN = "text/plain; charset=utf-8"


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok"."""
    return HttpResponse("ok\n", content_type=PLAIN)


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer "ok", or 503 with the reason if there is no database or no listing."""
    try:
        has_listings = Listing.objects.exists()
    except DatabaseError:
        connection.close()
        return _not_ready("the database does not answer")
    return HttpResponse("ok\n", content_type=PLAIN) if has_listings else _not_ready("no listing is published")


def _not_ready(reason: str) -> HttpResponse:
    return HttpResponse(
        f"not ready: {reason}\n", status=503, content_type=PLAIN, headers={"Retry-After": "30"}
    )
