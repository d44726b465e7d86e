"""My list: what a person kept to look at again. It is its own address and stands nowhere else."""

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
    list_of_ids,
    mailto,
    read_ids,
    searched_before,
    share_context,
    shortlist_address,
    with_list,
)
from resources.presentation.results import result_context
from resources.search.results import results_by_id


@require_safe
@conditional(also=searched_before)
def shortlist(request: HttpRequest) -> HttpResponse:
    """Ids that are no longer listed, or never were, are told in a sentence."""
    asked = request.GET.getlist("id")
    ids = read_ids(asked)
    if REMOVE_PARAM in request.GET:
        off = read_ids(request.GET.getlist(REMOVE_PARAM))
        return HttpResponseRedirect(shortlist_address([each for each in ids if each not in off]))
    now = timezone.now()
    found = results_by_id(ids[:MAX_SHORTLIST], now=now)
    results = [result_context(result, now=now) for result in found]
    kept = [result["id"] for result in found]
    context = {
        "results": results,
        "notes": _notes(asked, ids, len(kept)),
        "list": list_of_ids(request, kept, name="id"),
        "back_url": _back(request, kept),
        "share": _share(results, kept),
        "handout_url": handout_address(kept),
    }
    return render(request, "pages/shortlist.html", context)


def _notes(asked: list[str], ids: list[str], found: int) -> list[str]:
    """What of the address is not shown, and why."""
    notes = []
    if len(ids) > MAX_SHORTLIST:
        notes.append(_("A list holds %d listings. We left out the rest.") % MAX_SHORTLIST)
    unread = len([each for each in asked if not read_ids([each])])
    if gone := len(ids[:MAX_SHORTLIST]) - found + unread:
        notes.append(
            ngettext(
                "%d listing on this list is not listed now. We left it out.",
                "%d listings on this list are not listed now. We left them out.",
                gone,
            )
            % gone
        )
    return notes


def _back(request: HttpRequest, kept: list[str]) -> str:
    before = searched_before(request)
    return with_list(before, kept) if before else ""


def _share(results: list[dict[str, Any]], kept: list[str]) -> Any:
    address = f"{settings.SITE_URL}{shortlist_address(kept)}"
    return share_context(address, mailto(results, address))
