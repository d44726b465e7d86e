"""Small files that programs look for."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

# Search results are endless and hold what people typed; lists and sheets hold what somebody chose. The pages
# that they lead to may be indexed.
CLOSED = ("/search/", "/shortlist/", "/handout/", "/admin/")


def robots(request: HttpRequest) -> HttpResponse:
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    said = f"User-agent: *\n{closed}\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness. 404 until the operator gives CONTACT_EMAIL."""
    if not settings.CONTACT_EMAIL:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    lines = (
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    )
    return HttpResponse("\n".join((*lines, "")), content_type="text/plain; charset=utf-8")


def gpc(request: HttpRequest) -> JsonResponse:
    """Global Privacy Control is honoured: nothing is sold or shared, with or without the signal."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-23"})
