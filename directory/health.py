"""/healthz: the process answers. /readyz: it can also read its catalogue."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from resources.models import Listing

PLAIN = "text/plain; charset=utf-8"


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type=PLAIN)


def readyz(request: HttpRequest) -> HttpResponse:
    """503 with the reason when there is no database, or nothing in it to find."""
    try:
        filled = Listing.objects.exists()
    except DatabaseError:
        connection.close()
        return _not_ready("the database does not answer")
    return HttpResponse("ok\n", content_type=PLAIN) if filled else _not_ready("no listing is published")


def _not_ready(reason: str) -> HttpResponse:
    return HttpResponse(
        f"not ready: {reason}\n", status=503, content_type=PLAIN, headers={"Retry-After": "30"}
    )
