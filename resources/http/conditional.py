"""Conditional GET: a client that has the current answer gets a 304 before anything is looked up.

An answer depends on its URL, the catalog version, the language, the program and its visible settings, and on
the quarter hour, since it says what meets next and what is open. All but the URL are in its ETag.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from resources.search.version import catalog_version

PACKAGES = ("api", "directory", "resources", "templates")
SUFFIXES = (".py", ".html", ".txt", ".json", ".css", ".js")
QUARTER = 15 * 60  # seconds
SHOWN_SETTINGS = ("SITE_NAME", "SITE_URL", "DEFAULT_COUNTRY", "FIRST_LINES", "DEBUG")

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def conditional_response(
    request: HttpRequest,
    respond: Callable[[], HttpResponseBase],
    *,
    of_catalog: bool = True,
    also: str = "",
) -> HttpResponseBase:
    """Return 304 if the request names the current ETag, else call `respond` and tag a 200.

    `of_catalog` is False for answers that do not depend on the catalog; `also` is whatever else of the
    request shapes the answer.
    """
    if request.method not in ("GET", "HEAD"):
        return respond()
    tag = answer_tag(*_catalog_now(), also) if of_catalog else answer_tag("", also)
    named = request.headers.get("If-None-Match", "").strip()
    # "*" matches any existing answer, and whether there is one is known only after making it.
    if named and named != "*" and (unchanged := get_conditional_response(request, etag=tag)):
        unchanged.headers["ETag"] = tag
        return unchanged
    response = respond()
    if response.status_code == 200:
        response.headers["ETag"] = tag
    return response


def conditional(also: Callable[[HttpRequest], str] = lambda request: "") -> Callable[[View], View]:
    """Decorate a view so that its answers carry an ETag and are not rebuilt for clients that have them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def conditional_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return conditional_response(request, lambda: view(request, *args, **kwargs), also=also(request))

        return conditional_view  # type: ignore[return-value]

    return decorate


def answer_tag(*shaping: str) -> str:
    """Return a weak ETag: the same answer may be compressed or not."""
    parts = "\0".join((code_digest(), get_language() or "", *shaping))
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def _catalog_now() -> tuple[str, str]:
    """Return the catalog version and the current quarter hour."""
    return catalog_version(), str(int(timezone.now().timestamp()) // QUARTER)


@cache
def code_digest() -> str:
    """Return a digest of the program and of the settings that visitors see."""
    digest = hashlib.sha256(repr([getattr(settings, name) for name in SHOWN_SETTINGS]).encode())
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*")):
            if path.suffix in SUFFIXES:
                digest.update(path.read_bytes())
    return digest.hexdigest()
