"""Where one came from: what is done from a list leads back to it, at the thing after."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

MOST_TOGETHER = 50  # services ticked at once


def safe_next_url(request: HttpRequest) -> str:
    """The page of ours that asked; "" for none, and for anybody else's."""
    address = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else ""


def redirect_back(
    request: HttpRequest, otherwise: str, *, done: UUID | None = None, keep_ticks: bool = False
) -> HttpResponseRedirect:
    """To the page that asked, at the thing after the one that is `done`. What else is ticked stays ticked."""
    scheme, host, where, query, _fragment = urlsplit(safe_next_url(request) or otherwise)
    ticked = ids_in(request.POST.getlist("tick")) if done or keep_ticks else []
    ticks = urlencode([("tick", str(pk)) for pk in ticked[:MOST_TOGETHER] if pk != done])
    query = "&".join(part for part in (query, ticks) if part)
    to = ids_in([request.POST.get("to") or request.GET.get("to", "")])
    return HttpResponseRedirect(urlunsplit((scheme, host, where, query, f"i-{to[0]}" if to else "")))


def ids_in(texts: Sequence[str]) -> list[UUID]:
    """Those of the texts that are ids, each once; a page made by hand may send anything."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
