"""The first page after sign-in: what there is to do, the most harmful first, and how the catalogue stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from resources.admin.base import current_user
from resources.admin.edit_conflicts import VERSION
from resources.admin.history import undo_address
from resources.admin.redirects import MOST_TOGETHER, ids_in, redirect_back
from resources.admin.service.filters import held_services_url
from resources.curation import permissions
from resources.curation.claims import ClaimedByAnother, claim, release
from resources.curation.permissions import Action
from resources.curation.queue import (
    ALL,
    MINE,
    PAGE_SIZE,
    REASONS,
    REGION,
    SCOPES,
    QueueItem,
    QueueScope,
    Reason,
    count_reasons,
    held_by_reason,
    next_entry,
    queue_page,
    reason_of,
    subject_of,
)
from resources.curation.statistics import Coverage, Freshness, catalog_statistics
from resources.models import Service
from resources.vocabulary import Kind, Outcome
from resources.wording import the_country

SCOPE_NAMES = {
    MINE: gettext_lazy("Claimed by me"),
    REGION: gettext_lazy("My region"),
    ALL: gettext_lazy("Everything"),
}
MOST_HELD_REASONS = 50
PHONES_SHOWN = 2
# One tap each; the other two lead to a short page.
AT_ONCE = ((Outcome.RIGHT, "r"), (Outcome.NO_ANSWER, "n"), (Outcome.FULL, "f"))
ON_A_PAGE = (Outcome.MOVED, Outcome.CLOSED)


@dataclass(frozen=True)
class TodayQuery:
    """What of the queue is looked at; every part of the address that makes no sense is its plain form."""

    scope: str
    reason: Reason | None
    page: int

    def address(self, **changed: Any) -> str:
        parts = {"scope": self.scope, "reason": self.reason and self.reason.code, "page": self.page}
        query = urlencode({name: part for name, part in {**parts, **changed}.items() if part})
        return f"{reverse('admin:index')}?{query}"


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    by, at = current_user(request), timezone.now()
    context = {**admin.site.each_context(request), "title": _("Today"), "subtitle": None}
    if not permissions.can(by, Action.VIEW):
        return TemplateResponse(request, "admin/today.html", {**context, "may_view": False})
    asked = _asked(request)
    asker = QueueScope(by, at, asked.scope)
    counts = count_reasons(asker)
    asked, pages = _within_pages(asked, counts)
    items = queue_page(asker, counts, page=asked.page, reason=asked.reason)
    held = _held_links(items)
    ticked = {str(pk) for pk in ids_in(request.GET.getlist("tick"))}
    return TemplateResponse(
        request,
        "admin/today.html",
        {
            **context,
            "may_view": True,
            "may_claim": permissions.can(by, Action.CLAIM),
            "here": asked.address(),
            "scope": asked.scope,
            "scopes": _scope_links(asked, asker),
            "reasons": _reason_links(asked, counts),
            "reason": asked.reason,
            "total": sum(counts.values()),
            "items": item_views(items, asked, by=by, ticked=ticked, held=held),
            "most_together": MOST_TOGETHER,
            "pages": pages,
            "page": asked.page,
            "earlier": asked.address(page=asked.page - 1) if asked.page > 1 else "",
            "later": asked.address(page=asked.page + 1) if asked.page < pages else "",
            "held": list(held.values()),
            "notes": notes_of(request),
            "version_name": VERSION,
            **_charts(timezone.localdate(at)),
        },
    )


# ---- claims


@require_POST
def claim_view(request: HttpRequest, what: str, subject: UUID) -> HttpResponse:
    record = _claimable(what, subject)
    try:
        claim(subject=record, by=current_user(request), at=timezone.now())
    except ClaimedByAnother as refused:
        messages.error(request, refused.message)
    return redirect_back(request, reverse("admin:index"), keep_ticks=True)


@require_POST
def release_view(request: HttpRequest, what: str, subject: UUID) -> HttpResponse:
    release(subject=_claimable(what, subject), by=current_user(request))
    return redirect_back(request, reverse("admin:index"), keep_ticks=True)


@require_POST
def claim_next_view(request: HttpRequest) -> HttpResponse:
    """Claims the first thing that is free, and opens it."""
    by, at = current_user(request), timezone.now()
    permissions.require_permission(by, Action.CLAIM)
    scope = request.POST.get("scope")
    entry = next_entry(QueueScope(by, at, scope if scope in SCOPES else ALL))
    if entry is None:
        messages.info(request, _("Nothing is waiting here that nobody else is at work on."))
        return redirect_back(request, reverse("admin:index"))
    what = str(entry.reason.model._meta.model_name)
    try:
        claim(subject=_claimable(what, entry.subject), by=by, at=at)
    except ClaimedByAnother as refused:
        messages.error(request, refused.message)
        return redirect_back(request, reverse("admin:index"))
    return HttpResponseRedirect(page_of(what, entry.subject))


def _claimable(what: str, subject: UUID) -> Any:
    record = subject_of(what, subject)
    if record is None:
        raise Http404
    return record


def today_urls() -> list[Any]:
    """In front of Django's own, whose index moves behind "Everything else"."""
    view = admin.site.admin_view
    return [
        path("", view(today), name="index"),
        path("everything/", view(admin.site.index), name="everything"),
        path("claim/next/", view(claim_next_view), name="resources_claim_next"),
        path("claim/<str:what>/<uuid:subject>/take/", view(claim_view), name="resources_claim_take"),
        path("claim/<str:what>/<uuid:subject>/release/", view(release_view), name="resources_claim_release"),
    ]


# ---- what the page shows


def _asked(request: HttpRequest) -> TodayQuery:
    scope, page = request.GET.get("scope", ""), request.GET.get("page", "")
    if scope not in SCOPES:
        scope = REGION if _has_region(request) else ALL
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    return TodayQuery(scope, reason_of(request.GET.get("reason", "")), number)


def _has_region(request: HttpRequest) -> bool:
    curator = permissions.curator_of(request.user)
    return permissions.is_limited(current_user(request)) or (curator is not None and bool(curator.regions))


def _within_pages(asked: TodayQuery, counts: dict[str, int]) -> tuple[TodayQuery, int]:
    """A page past the end is the last one: the queue grows shorter while one works."""
    number = counts[asked.reason.code] if asked.reason else sum(counts.values())
    pages = max(1, ceil(number / PAGE_SIZE))
    return TodayQuery(asked.scope, asked.reason, min(max(asked.page, 1), pages)), pages


def _scope_links(asked: TodayQuery, asker: QueueScope) -> list[dict[str, Any]]:
    offered = [scope for scope in SCOPES if scope != REGION or asker.has_home]
    return [
        {
            "name": SCOPE_NAMES[scope],
            "url": asked.address(scope=scope, page=None),
            "is_current": scope == asked.scope,
        }
        for scope in offered
    ]


def _reason_links(asked: TodayQuery, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": reason.label,
            "count": counts[reason.code],
            "url": asked.address(reason=reason.code, page=None),
            "is_current": reason is asked.reason,
        }
        for reason in REASONS
    ]


def item_views(
    items: Sequence[QueueItem], asked: TodayQuery, *, by: Any, ticked: set[str], held: dict[str | None, Any]
) -> list[dict[str, Any]]:
    return [
        {
            **_item_view(item, after, asked, by=by),
            "is_ticked": str(item.subject) in ticked,
            "group": held.get(_why_held(item)),
        }
        for item, after in zip_longest(items, items[1:])
    ]


def _why_held(item: QueueItem) -> str | None:
    return item.service.status_reason if item.reason.code == "held" and item.service else None


def _item_view(item: QueueItem, after: QueueItem | None, asked: TodayQuery, *, by: Any) -> dict[str, Any]:
    is_service = item.model_name == "service"
    return {
        "id": str(item.subject),
        "reason": item.reason.label,
        "name": item.name,
        "why": item.why,
        "since": item.since,
        "about": _about(item),
        "phones": item.phones[:PHONES_SHOWN],
        "website": item.website,
        "url": page_of(item.model_name, item.subject),
        "is_actionable": item.is_actionable,
        "claim": item.claim,
        "is_mine": item.claim is not None and item.claim.by_id == by.pk,
        "claim_url": _claim_address(item, "take"),
        "release_url": _claim_address(item, "release"),
        "next": str(after.subject) if after else "",
        "may_check": is_service and item.is_actionable,
        **_actions(item, after, asked, by=by),
    }


def _actions(item: QueueItem, after: QueueItem | None, asked: TodayQuery, *, by: Any) -> dict[str, Any]:
    """`at_once` are buttons, `on_a_page` leads to a page that asks something."""
    if item.service is None or not item.is_actionable or item.model_name != "service":
        return {"at_once": (), "on_a_page": ()}
    if item.reason.code == "held" and permissions.can(by, Action.PUBLISH):
        publish, withdraw = (
            reverse(f"admin:resources_service_{deed}", args=[item.subject])
            for deed in ("publish", "withdraw")
        )
        no_answer = _outcomes(item, [(Outcome.NO_ANSWER, "n")])
        return {
            "at_once": [{"name": _("Publish"), "key": "p", "url": publish}, *no_answer],
            "on_a_page": [_link_with_return(_("Keep hidden"), withdraw, after, asked)],
        }
    pages = [
        _link_with_return(outcome.label, _found_address(item, outcome), after, asked) for outcome in ON_A_PAGE
    ]
    return {"at_once": _outcomes(item, AT_ONCE), "on_a_page": pages}


def _about(item: QueueItem) -> str:
    kind = str(Kind(item.service.kind).label) if item.service else ""
    return " · ".join(part for part in (kind, item.town) if part)


def _outcomes(item: QueueItem, outcomes: Sequence[tuple[Outcome, str]]) -> list[dict[str, Any]]:
    return [
        {"name": outcome.label, "key": key, "url": _found_address(item, outcome)} for outcome, key in outcomes
    ]


def _link_with_return(name: Any, address: str, after: QueueItem | None, asked: TodayQuery) -> dict[str, Any]:
    """To a page that comes back here, to the thing after."""
    way_back = urlencode({"next": asked.address(), "to": str(after.subject) if after else ""})
    return {"name": name, "url": f"{address}?{way_back}"}


def _found_address(item: QueueItem, outcome: Outcome) -> str:
    return reverse("admin:resources_service_found", args=[item.subject, outcome.value])


def _claim_address(item: QueueItem, deed: str) -> str:
    return reverse(f"admin:resources_claim_{deed}", args=[item.model_name, item.subject])


def page_of(what: str, subject: UUID) -> str:
    """The page of a thing of the queue."""
    return reverse(f"admin:resources_{what}_change", args=[subject])


def _held_links(items: Sequence[QueueItem]) -> dict[str | None, Any]:
    """By the reason: why services are held, with how many, where the page shows some of them."""
    if not any(item.reason.code == "held" for item in items):
        return {}
    return {
        reason: {"name": reason or _("no reason given"), "count": number, "url": held_services_url(reason)}
        for reason, number in held_by_reason(MOST_HELD_REASONS)
    }


def notes_of(request: HttpRequest) -> list[dict[str, Any]]:
    """What was done just now, with a way to undo it for each service that the message names."""
    told = list(messages.get_messages(request))
    named = [ids_in((note.extra_tags or "").split()) for note in told]
    services = Service.objects.in_bulk({pk for ids in named for pk in ids})
    may_undo = (
        permissions.allowed_ids(current_user(request), Action.RESTORE, services.values())
        if services
        else set()
    )
    return [
        {
            "text": note.message,
            "level": note.level_tag,
            "services": [_undo_view(services[pk], pk in may_undo) for pk in ids if pk in services],
        }
        for note, ids in zip(told, named, strict=True)
    ]


def _undo_view(service: Service, may_undo: bool) -> dict[str, str]:
    """Only what was just done is undone: the button names the version, as `careful.version_of` writes it."""
    return {
        "name": service.name,
        "undo_url": undo_address(service) if may_undo else "",
        "version": service.last_modified.isoformat(),
        "history_url": reverse("admin:resources_service_history", args=[service.pk]),
    }


# ---- bars, in hundredths of the width, beside the numbers themselves


def _charts(day: Any) -> dict[str, Any]:
    standing = catalog_statistics(day, settings.DEFAULT_COUNTRY)
    return {
        "freshness": freshness_rows(standing.freshness),
        "countries": coverage_rows(standing.countries, unnamed=_("Not stated, or everywhere")),
        "regions": coverage_rows(standing.regions, unnamed=_("Region not stated")),
        "country": the_country(standing.country),
    }


def freshness_rows(rows: Sequence[Freshness]) -> list[dict[str, Any]]:
    """Each bar is the whole of its kind, parted into checked, overdue and never checked."""
    return [
        {
            "label": row.label,
            "numbers": (row.up_to_date, row.overdue, row.never),
            "parts": _parts(
                (("within", row.up_to_date), ("overdue", row.overdue), ("never", row.never)), row.total
            ),
        }
        for row in rows
    ]


def coverage_rows(rows: Sequence[Coverage], *, unnamed: str) -> list[dict[str, Any]]:
    """Each bar is measured by the longest."""
    most = max((row.number for row in rows), default=0)
    return [
        {
            "label": row.label or unnamed,
            "number": row.number,
            "parts": _parts((("within", row.number),), most),
        }
        for row in rows
    ]


def _parts(numbers: Sequence[tuple[str, int]], total: int) -> list[dict[str, str]]:
    """`x` and `width` as text, with a point in every language."""
    parts, start = [], 0.0
    for name, number in numbers:
        width = 100 * number / total if total else 0.0
        if number:
            parts.append({"name": name, "x": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return parts
