"""Redirects back to the list an action came from, at the item after the one that was handled."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

MAX_SELECTED = 50  # services selected at once


def safe_next_url(request: HttpRequest) -> str:
    """Return the URL in `next` if it is on this site, else ""."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_safe else ""


def redirect_back(
    request: HttpRequest, fallback: str, *, done: UUID | None = None, keep_ticks: bool = False
) -> HttpResponseRedirect:
    """Redirect to the page that asked, at the item after `done`. Other ticked items stay ticked."""
    scheme, host, path, query, _fragment = urlsplit(safe_next_url(request) or fallback)
    ticked = ids_in(request.POST.getlist("tick")) if done or keep_ticks else []
    ticks = urlencode([("tick", str(pk)) for pk in ticked[:MAX_SELECTED] if pk != done])
    query = "&".join(part for part in (query, ticks) if part)
    to = ids_in([request.POST.get("to") or request.GET.get("to", "")])
    return HttpResponseRedirect(urlunsplit((scheme, host, path, query, f"i-{to[0]}" if to else "")))


def ids_in(texts: Sequence[str]) -> list[UUID]:
    """Return the UUIDs among these texts, without repeats. A forged request may contain anything."""
    ids: dict[UUID, None] = {}
    for text in texts:
        try:
            ids[UUID(text)] = None
        except ValueError:
            continue
    return list(ids)
