"""A list of support that travels in the address, so that it needs no account, no cookie and no storage.

`/shortlist/?id=...` is the list itself. Elsewhere it is `list=...`, which only pages with results and pages
of one record read: buttons beside a listing ask for the same page again, with one id more or less.
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
MAX_MAILTO_LENGTH = 1900  # some programs cut off what is longer
LIST_PARAM, REMOVE_PARAM = "list", "off"  # what travels, and what is to be taken off it


def parse_ids(values: Iterable[str]) -> list[str]:
    """The ids among these, each once, in their order."""
    return list(dict.fromkeys(parsed for value in values if (parsed := _parse_id(value))))


def _parse_id(value: str) -> str:
    try:
        return str(UUID(value.strip()))
    except ValueError:
        return ""


def shortlist_ids(request: HttpRequest) -> list[str]:
    """The list that came with this address, as far as one may be long."""
    return parse_ids(request.GET.getlist(LIST_PARAM))[:MAX_SHORTLIST]


def list_context(request: HttpRequest) -> dict[str, Any]:
    """`list` on a page that carries the list along, beside a question of its own."""
    others = [(name, value) for name, values in without_list_params(request.GET).lists() for value in values]
    return shortlist_context(request, shortlist_ids(request), name=LIST_PARAM, others=others)


def shortlist_context(
    request: HttpRequest, ids: Sequence[str], *, name: str, others: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """`list` for `components/my_list.html` and `components/keep.html`; `name` is what the ids are sent as."""
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
    path = reverse("pages:shortlist")
    return f"{path}?{urlencode({'id': ids}, doseq=True)}" if ids else path


def with_list(address: str, ids: Sequence[str]) -> str:
    """This address of ours, which takes the list along."""
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    return PageURL(parts.path, query).with_params(
        **{LIST_PARAM: list(ids) or None, "page": query.get("page")}
    )


def redirect_after_removal(request: HttpRequest) -> HttpResponse | None:
    """Where the address asks to take something off the list: the same address with the shorter list."""
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
    """The search a person came from, by the browser's own word, and only if it was one of ours."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if came_from.netloc != request.get_host() or came_from.path != reverse("pages:search"):
        return ""
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def share_context(address: str, mailto: str) -> Mapping[str, str]:
    """`share` for `components/take_along.html`."""
    return {"address": address, "mailto": mailto}


def without_list_params(query: QueryDict) -> QueryDict:
    """The question of an address, without what stands beside it."""
    question = query.copy()
    for name in (LIST_PARAM, REMOVE_PARAM, LOCATE_PARAM):
        question.pop(name, None)
    return question


def mailto(entries: Iterable[Mapping[str, Any]], address: str) -> str:
    """The address that opens one's own e-mail program with a letter begun; nothing is sent by us.

    Names and numbers, as many as fit, and the address of them all. The subject tells nothing.
    """
    start = f"mailto:?subject={quote(_('Something to look at'))}&body="
    end = quote(address)
    body = ""
    for entry in entries:
        more = quote(f"{_entry_line(entry)}\r\n")
        if len(start) + len(body) + len(more) + len(end) > MAX_MAILTO_LENGTH:
            break
        body += more
    return f"{start}{body}{end}"


def _entry_line(entry: Mapping[str, Any]) -> str:
    """Such as "Quiet room: 214-555-0100, 214-555-0101"."""
    voice_phones = [phone["display"] for phone in entry["phones"] if phone["href"]]  # a fax is not
    numbers = ", ".join(voice_phones[:2])
    return f"{entry['name']}: {numbers}" if numbers else str(entry["name"])
