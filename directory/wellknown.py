"""Small files that programs look for."""

from django.http import HttpRequest, HttpResponse, JsonResponse

# Search results are endless and hold what people typed; the pages they lead to may be indexed.
ROBOTS = "User-agent: *\nDisallow: /search/\nDisallow: /admin/\n"


def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def gpc(request: HttpRequest) -> JsonResponse:
    """Global Privacy Control is honoured: nothing is sold or shared, with or without the signal."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-23"})
