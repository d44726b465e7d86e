"""The shortlist page: the listings whose ids are in its URL, which is the only place they are stored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from resources.http.conditional import conditional
from resources.pages.handout import handout_address
from resources.pages.shortlist_state import (
    MAX_SHORTLIST,
    REMOVE_PARAM,
    mailto,
    parse_ids,
    previous_search_url,
    share_context,
    shortlist_address,
    shortlist_context,
    with_list,
)
from resources.presentation.results import result_context
from resources.search.results import results_by_id

UP_PARAM = "up"  # the id to move up by one place


@require_safe
@conditional(also=previous_search_url)
def shortlist(request: HttpRequest) -> HttpResponse:
    """Show the shortlist, with a notice if some of its ids are not listed."""
    values = request.GET.getlist("id")
    ids = parse_ids(values)
    if REMOVE_PARAM in request.GET:
        removed = parse_ids(request.GET.getlist(REMOVE_PARAM))
        return HttpResponseRedirect(shortlist_address([pk for pk in ids if pk not in removed]))
    if UP_PARAM in request.GET:
        return HttpResponseRedirect(shortlist_address(_moved_up(ids, request.GET[UP_PARAM])))
    now = timezone.now()
    listed = results_by_id(ids[:MAX_SHORTLIST], now=now)
    results = [result_context(result, now=now) for result in listed]
    listed_ids = [result["id"] for result in listed]
    context = {
        "results": results,
        "notes": _notes(values, ids, len(listed_ids)),
        "list": {**shortlist_context(request, listed_ids, name="id"), "can_move": True},
        "back_url": _back(request, listed_ids),
        "share": _share(results, listed_ids),
        "handout_url": handout_address(listed_ids),
    }
    return render(request, "pages/shortlist.html", context)


def _moved_up(ids: list[str], value: str) -> list[str]:
    """Return `ids` with one of them a place further up; as they are if it is the first, or not among them."""
    place = next((place for place, pk in enumerate(ids) if parse_ids([value]) == [pk]), 0)
    return [*ids[: place - 1], ids[place], ids[place - 1], *ids[place + 1 :]] if place else ids


def _notes(values: list[str], ids: list[str], listed: int) -> list[str]:
    """Return what of the list is not shown, and why."""
    notes = []
    if len(ids) > MAX_SHORTLIST:
        notes.append(_("A list holds %d listings. We left out the rest.") % MAX_SHORTLIST)
    unread = len([value for value in values if not parse_ids([value])])
    if gone := len(ids[:MAX_SHORTLIST]) - listed + unread:
        notes.append(
            ngettext(
                "%d listing is no longer available, so we left it out.",
                "%d listings are no longer available, so we left them out.",
                gone,
            )
            % gone
        )
    return notes


def _back(request: HttpRequest, ids: list[str]) -> str:
    search = previous_search_url(request)
    return with_list(search, ids) if search else ""


def _share(results: list[dict[str, Any]], ids: list[str]) -> Any:
    address = f"{settings.SITE_URL}{shortlist_address(ids)}"
    return share_context(address, mailto(results, address))
