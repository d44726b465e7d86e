"""Views for programs: health checks, robots.txt and the files under /.well-known/."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from resources.models import Listing

PLAIN = "text/plain; charset=utf-8"
# Search results are endless and contain what people typed; shortlists and hand-outs contain what someone
# chose. The pages that they link to may be indexed.
DISALLOWED_PATHS = ("/search/", "/shortlist/", "/handout/", "/admin/")


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


def robots(request: HttpRequest) -> HttpResponse:
    """Answer robots.txt."""
    disallowed = "".join(f"Disallow: {path}\n" for path in DISALLOWED_PATHS)
    text = f"User-agent: *\n{disallowed}\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    return HttpResponse(text, content_type=PLAIN)


def security(request: HttpRequest) -> HttpResponse:
    """Answer security.txt (RFC 9116): where to report a vulnerability.

    404 until the operator sets CONTACT_EMAIL.
    """
    if not settings.CONTACT_EMAIL:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = (
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    )
    return HttpResponse("\n".join((*lines, "")), content_type=PLAIN)


def gpc(request: HttpRequest) -> JsonResponse:
    """Answer that Global Privacy Control is honored: nothing is sold or shared in any case."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-23"})
