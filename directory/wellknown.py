"""Small files that programs look for."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

# Search results are endless and contain what people typed; shortlists and hand-outs contain what somebody
# chose. The pages that they link to may be indexed.
DISALLOWED_PATHS = ("/search/", "/shortlist/", "/handout/", "/admin/")


def robots(request: HttpRequest) -> HttpResponse:
    """Answer robots.txt."""
    disallowed = "".join(f"Disallow: {path}\n" for path in DISALLOWED_PATHS)
    text = f"User-agent: *\n{disallowed}\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


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
    return HttpResponse("\n".join((*lines, "")), content_type="text/plain; charset=utf-8")


def gpc(request: HttpRequest) -> JsonResponse:
    """Answer that Global Privacy Control is honored: nothing is sold or shared in any case."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-23"})
