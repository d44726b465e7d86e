"""Small files that programs look for."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

# Search results are endless and hold what people typed; lists and sheets hold what somebody chose. The pages
# that they lead to may be indexed.
CLOSED = ("/search/", "/shortlist/", "/handout/", "/admin/")


def robots(request: HttpRequest) -> HttpResponse:
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    said = f"User-agent: *\n{closed}\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def gpc(request: HttpRequest) -> JsonResponse:
    """Global Privacy Control is honoured: nothing is sold or shared, with or without the signal."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-23"})
