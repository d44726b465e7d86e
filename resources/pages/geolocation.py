""" "Use my location": a page may ask the browser for it only right after the visitor pressed that button."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict

LOCATE_PARAM = "here"


def without_locate_param(query: QueryDict) -> tuple[Any, bool]:
    """Return the query without the request to be located, and whether it was there."""
    others = query.copy()
    return others, bool(others.pop(LOCATE_PARAM, []))


def allow_location(response: HttpResponse, locating: bool) -> HttpResponse:
    """Allow this one response to ask for the location.

    Forbids caching: a cached copy would allow it again.
    """
    if locating:
        allowed = settings.PERMISSIONS_POLICY.replace("geolocation=()", "geolocation=(self)")
        response.headers["Permissions-Policy"] = allowed
        response.headers["Cache-Control"] = "no-store"
    return response
