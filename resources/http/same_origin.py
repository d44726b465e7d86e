"""Same-origin check for visitors' forms, by the browser's own headers: the forms set no cookie."""

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
    """Decorate a view that takes a form of at most `max_bytes`, and reject cross-site requests (403).

    Replaces Django's CSRF check, which needs a cookie. The length is checked before the body is read, by
    `directory.middleware.read_only_for_visitors`, which answers 405 for any view without this decorator.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not is_same_origin(request):
                raise PermissionDenied
            request.encoding = "utf-8"  # as our pages send it; Content-Type may name an unknown charset
            return view(request, *args, **kwargs)

        guarded.max_form_bytes = max_bytes  # type: ignore[attr-defined]
        return guarded

    return decorate


def is_same_origin(request: HttpRequest) -> bool:
    """Check Sec-Fetch-Site, else Origin, else Referer. A client that sends none of them is not a browser."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    stated = request.headers.get("Origin") or request.headers.get("Referer")
    if stated is None:
        return True
    try:
        return urlsplit(stated).netloc == request.get_host()
    except ValueError:
        return False
