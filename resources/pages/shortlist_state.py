"""The visitor's shortlist, carried in the URL: it needs no account, cookie or storage.

`/shortlist/?id=...` is the list itself. Elsewhere it is `list=...`, read only by pages with results and pages
of one record: buttons beside a listing request the same page with one id more or less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from resources.pages.geolocation import LOCATE_PARAM
from resources.pages.results import PageURL

MAX_SHORTLIST = 30
MAX_MAILTO_LENGTH = 1900  # some mail programs cut off longer ones
LIST_PARAM, REMOVE_PARAM = "list", "off"  # ids on the list, ids to remove from it


def parse_ids(values: Iterable[str]) -> list[str]:
    """Return the valid ids among these, without duplicates, in order.

    A value may hold several with spaces between them: one button saves all services of a card.
    """
    ids = (each for value in values for each in value.split())
    return list(dict.fromkeys(parsed for each in ids if (parsed := _parse_id(each))))


def _parse_id(value: str) -> str:
    try:
        return str(UUID(value.strip()))
    except ValueError:
        return ""


def shortlist_ids(request: HttpRequest) -> list[str]:
    """Return the ids of the shortlist in this URL, MAX_SHORTLIST at most."""
    return parse_ids(request.GET.getlist(LIST_PARAM))[:MAX_SHORTLIST]


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Return `list` for a page that carries the shortlist beside a question of its own."""
    others = [(name, value) for name, values in without_list_params(request.GET).lists() for value in values]
    return shortlist_context(request, shortlist_ids(request), name=LIST_PARAM, others=others)


def shortlist_context(
    request: HttpRequest, ids: Sequence[str], *, name: str, others: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return `list` for `components/my_list.html` and `components/list_button.html`.

    `name` is the parameter that the ids are sent as.
    """
    return {
        "ids": ids,
        "full": len(ids) >= MAX_SHORTLIST,
        "query": with_list("", ids),
        "url": shortlist_address(ids),
        "more_url": with_list(reverse("pages:search"), ids),
        "name": name,
        "path": request.path,
        "others": others,
    }


def shortlist_address(ids: Sequence[str]) -> str:
    """Return the URL of the shortlist with these ids."""
    path = reverse("pages:shortlist")
    return f"{path}?{urlencode({'id': ids}, doseq=True)}" if ids else path


def with_list(address: str, ids: Sequence[str]) -> str:
    """Return one of our own URLs with the shortlist added."""
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    return PageURL(parts.path, query).with_params(
        **{LIST_PARAM: list(ids) or None, "page": query.get("page")}
    )


def redirect_after_removal(request: HttpRequest) -> HttpResponse | None:
    """Redirect to the same URL with a shorter list if it asks to remove something; else None."""
    if REMOVE_PARAM not in request.GET:
        return None
    removed = parse_ids(request.GET.getlist(REMOVE_PARAM))
    remaining = [pk for pk in shortlist_ids(request) if pk not in removed]
    query = without_list_params(request.GET)
    address = PageURL(request.path, query).with_params(
        **{LIST_PARAM: remaining or None, "page": query.get("page")}
    )
    return HttpResponseRedirect(address)


def previous_search_url(request: HttpRequest) -> str:
    """Return the search the visitor came from, by the Referer header; "" unless it is one of ours."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if came_from.netloc != request.get_host() or came_from.path != reverse("pages:search"):
        return ""
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def share_context(address: str, mailto: str) -> Mapping[str, str]:
    """Return `share` for `components/share.html`."""
    return {"address": address, "mailto": mailto}


def without_list_params(query: QueryDict) -> QueryDict:
    """Return the query without the shortlist and location parameters."""
    question = query.copy()
    for name in (LIST_PARAM, REMOVE_PARAM, LOCATE_PARAM):
        question.pop(name, None)
    return question


def mailto(entries: Iterable[Mapping[str, Any]], address: str) -> str:
    """Return a mailto: URL that opens the visitor's own mail program with a draft; we send nothing.

    The body has as many names and numbers as fit, and the URL of the whole list. The subject reveals nothing.
    """
    start = f"mailto:?subject={quote(_('Links to look at'))}&body="
    end = quote(address)
    body = ""
    for entry in entries:
        more = quote(f"{_entry_line(entry)}\r\n")
        if len(start) + len(body) + len(more) + len(end) > MAX_MAILTO_LENGTH:
            break
        body += more
    return f"{start}{body}{end}"


def _entry_line(entry: Mapping[str, Any]) -> str:
    """Return a line such as "Quiet room: 214-555-0100, 214-555-0101"."""
    voice_phones = [phone["display"] for phone in entry["phones"] if phone["href"]]  # not a fax
    numbers = ", ".join(voice_phones[:2])
    return f"{entry['name']}: {numbers}" if numbers else str(entry["name"])
