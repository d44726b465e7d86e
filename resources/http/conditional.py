"""Answers that a browser or a program has already: told so by 304, before anything is looked up.

An answer depends on its address, on the version of the catalogue, on the language, on the program itself with
the settings that show, and, because it says what meets next and what is open, on the quarter of the hour: so
often meetings begin and end. All but the address are in its ETag.
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
SHOWN_SETTINGS = ("SITE_NAME", "SITE_URL", "DEFAULT_COUNTRY", "DEBUG")

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def conditional_response(
    request: HttpRequest,
    respond: Callable[[], HttpResponseBase],
    *,
    of_catalogue: bool = True,
    also: str = "",
) -> HttpResponseBase:
    """304 where the request names the tag of today's answer; else what `respond` answers, tagged if 200.

    `of_catalogue` is False for what the catalogue does not change; `also` is whatever else of the request
    shapes the answer.
    """
    if request.method not in ("GET", "HEAD"):
        return respond()
    tag = answer_tag(*_catalogue_now(), also) if of_catalogue else answer_tag("", also)
    named = request.headers.get("If-None-Match", "").strip()
    # "*" asks whether there is anything at all, which only the answer itself can tell.
    if named and named != "*" and (unchanged := get_conditional_response(request, etag=tag)):
        unchanged.headers["ETag"] = tag
        return unchanged
    response = respond()
    if response.status_code == 200:
        response.headers["ETag"] = tag
    return response


def conditional(also: Callable[[HttpRequest], str] = lambda request: "") -> Callable[[View], View]:
    """A view whose answers carry an ETag and are not made again for whoever has them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def conditional_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return conditional_response(request, lambda: view(request, *args, **kwargs), also=also(request))

        return conditional_view  # type: ignore[return-value]

    return decorate


def answer_tag(*shaping: str) -> str:
    """A weak tag: the same answer may be packed or not."""
    parts = "\0".join((code_digest(), get_language() or "", *shaping))
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def _catalogue_now() -> tuple[str, str]:
    """What there is, and what time it is to those who meet."""
    return catalog_version(), str(int(timezone.now().timestamp()) // QUARTER)


@cache
def code_digest() -> str:
    """The digest of the program and of the settings that visitors see."""
    digest = hashlib.sha256(repr([getattr(settings, name) for name in SHOWN_SETTINGS]).encode())
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*")):
            if path.suffix in SUFFIXES:
                digest.update(path.read_bytes())
    return digest.hexdigest()
