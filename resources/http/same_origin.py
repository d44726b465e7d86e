"""Forms of visitors. They set no cookie: the browser's own word says which site a form was sent from."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def visitor_form(*, max_bytes: int) -> Callable[[View], View]:
    """A view that takes a form of at most `max_bytes`, and refuses what another site sent (403).

    It sets no cookie, so Django's own check is not asked. The length is checked before the body is read, by
    `directory.middleware.read_only_for_visitors`, which answers 405 wherever a view is not decorated so.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not is_same_origin(request):
                raise PermissionDenied
            request.encoding = "utf-8"  # as our pages send it; a type may name letters nobody can read
            return view(request, *args, **kwargs)

        guarded.max_form_bytes = max_bytes  # type: ignore[attr-defined]
        return guarded

    return decorate


def is_same_origin(request: HttpRequest) -> bool:
    """By Sec-Fetch-Site, else by Origin, else by Referer; a program that sends none of them is no browser."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    stated = request.headers.get("Origin") or request.headers.get("Referer")
    if stated is None:
        return True
    try:
        return urlsplit(stated).netloc == request.get_host()
    except ValueError:
        return False
