""" "Use my location": a browser may be asked only on the page that opens when one presses that."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict

LOCATE_PARAM = "here"


def without_locate_param(query: QueryDict) -> tuple[Any, bool]:
    """The question without the wish to be located, and whether there was one."""
    others = query.copy()
    return others, bool(others.pop(LOCATE_PARAM, []))


def allow_location(response: HttpResponse, locating: bool) -> HttpResponse:
    """Lets this one page ask. It is kept nowhere: a kept copy would allow it again."""
    if locating:
        allowed = settings.PERMISSIONS_POLICY.replace("geolocation=()", "geolocation=(self)")
        response.headers["Permissions-Policy"] = allowed
        response.headers["Cache-Control"] = "no-store"
    return response
