"""Today, the first page after sign-in: the work queue, most harmful first, and statistics of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
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
from resources.admin.drafts import list_drafts
from resources.admin.edit_conflicts import VERSION
from resources.admin.notes import message_contexts
from resources.admin.redirects import MAX_SELECTED, ids_in, redirect_back
from resources.admin.service.filters import held_services_url
from resources.curation import pending_edits, permissions
from resources.curation.claims import ClaimedByAnother, claim, release
from resources.curation.duplicates import open_pairs
from resources.curation.first_calls import services_to_call_first
from resources.curation.permissions import Action
from resources.curation.queue import (
    ALL,
    APART,
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
from resources.models import Assurance, Organization
from resources.vocabulary import Kind, Learned, Outcome
from resources.wording import the_country

SCOPE_NAMES = {
    MINE: gettext_lazy("Claimed by me"),
    REGION: gettext_lazy("My region"),
    ALL: gettext_lazy("Everything"),
}
MAX_HOLD_REASONS = 50
MAX_PHONES = 2
# Outcomes recorded with one tap; the other two lead to a short page.
BUTTON_OUTCOMES = ((Outcome.NO_ANSWER, "n"), (Outcome.FULL, "f"))
# Kinds that take nobody in, so that they cannot be full.
NEVER_FULL = (Kind.CRISIS_LINE, Kind.HELPLINE, Kind.FORUM, Kind.DIRECTORY, Kind.INFORMATION)
# Kinds without a place to move from.
NEVER_MOVED = (Kind.CRISIS_LINE, Kind.FORUM)
PAGE_OUTCOMES = (Outcome.MOVED, Outcome.CLOSED)


@dataclass(frozen=True)
class TodayQuery:
    """The part of the queue to show. Invalid parameters of the URL get their default."""

    scope: str
    reason: Reason | None
    page: int

    def address(self, **changed: Any) -> str:
        """Return the URL of this page with some parameters changed."""
        parts = {"scope": self.scope, "reason": self.reason and self.reason.code, "page": self.page}
        query = urlencode({name: part for name, part in {**parts, **changed}.items() if part})
        return f"{reverse('admin:index')}?{query}"


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    by, at = current_user(request), timezone.now()
    context = {**admin.site.each_context(request), "title": _("Today"), "subtitle": None}
    if not permissions.can(by, Action.VIEW):
        return TemplateResponse(request, "admin/today.html", {**context, "may_view": False})
    query = _parse_query(request)
    queue_scope = QueueScope(by, at, query.scope)
    counts = count_reasons(queue_scope)
    query, pages = _clamp_page(query, counts)
    items = queue_page(queue_scope, counts, page=query.page, reason=query.reason)
    hold_reasons = _hold_reasons(items)
    ticked = {str(pk) for pk in ids_in(request.GET.getlist("tick"))}
    return TemplateResponse(
        request,
        "admin/today.html",
        {
            **context,
            "may_view": True,
            "may_claim": permissions.can(by, Action.CLAIM),
            "here": query.address(),
            "scope": query.scope,
            "scopes": _scope_links(query, queue_scope),
            "reasons": _reason_links(query, counts, REASONS),
            "reason": query.reason,
            "apart": _reason_links(query, counts, APART),
            "items": item_contexts(items, query, by=by, ticked=ticked, hold_reasons=hold_reasons),
            "max_selected": MAX_SELECTED,
            "duplicates": open_pairs().count(),
            "duplicate_organizations": open_pairs(Organization).count(),
            "pages": pages,
            "page": query.page,
            "earlier": query.address(page=query.page - 1) if query.page > 1 else "",
            "later": query.address(page=query.page + 1) if query.page < pages else "",
            "held": list(hold_reasons.values()),
            "notes": message_contexts(request),
            "drafts": list_drafts(request),
            "declined_edits": pending_edits.declined_edits(by, at=at),
            "first_calls": _first_calls(query),
            "version_name": VERSION,
            **_charts(timezone.localdate(at)),
        },
    )


# ---- claims


@require_POST
def claim_view(request: HttpRequest, what: str, subject: UUID) -> HttpResponse:
    """Claim an entry of the queue."""
    record = _claimable(what, subject)
    try:
        claim(subject=record, by=current_user(request), at=timezone.now())
    except ClaimedByAnother as error:
        messages.error(request, error.message)
    return redirect_back(request, reverse("admin:index"), keep_ticks=True)


@require_POST
def release_view(request: HttpRequest, what: str, subject: UUID) -> HttpResponse:
    """Release an entry of the queue."""
    release(subject=_claimable(what, subject), by=current_user(request))
    return redirect_back(request, reverse("admin:index"), keep_ticks=True)


@require_POST
def claim_next_view(request: HttpRequest) -> HttpResponse:
    """Claim the first free entry and open it."""
    by, at = current_user(request), timezone.now()
    permissions.require_permission(by, Action.CLAIM)
    scope = request.POST.get("scope")
    entry = next_entry(QueueScope(by, at, scope if scope in SCOPES else ALL))
    if entry is None:
        messages.info(request, _("Every task here is claimed by someone else."))
        return redirect_back(request, reverse("admin:index"))
    model_name = str(entry.reason.model._meta.model_name)
    try:
        claim(subject=_claimable(model_name, entry.subject), by=by, at=at)
    except ClaimedByAnother as error:
        messages.error(request, error.message)
        return redirect_back(request, reverse("admin:index"))
    return HttpResponseRedirect(record_url(model_name, entry.subject))


def _claimable(what: str, subject: UUID) -> Any:
    record = subject_of(what, subject)
    if record is None:
        raise Http404
    return record


def today_urls() -> list[Any]:
    """Return the URLs of this page, before Django's own, whose index moves to "everything/"."""
    view = admin.site.admin_view
    return [
        path("", view(today), name="index"),
        path("everything/", view(admin.site.index), name="everything"),
        path("claim/next/", view(claim_next_view), name="resources_claim_next"),
        path("claim/<str:what>/<uuid:subject>/take/", view(claim_view), name="resources_claim_take"),
        path("claim/<str:what>/<uuid:subject>/release/", view(release_view), name="resources_claim_release"),
    ]


# ---- context of the page


def _parse_query(request: HttpRequest) -> TodayQuery:
    scope, page = request.GET.get("scope", ""), request.GET.get("page", "")
    if scope not in SCOPES:
        scope = REGION if _has_region(request) else ALL
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    return TodayQuery(scope, reason_of(request.GET.get("reason", "")), number)


def _first_calls(query: TodayQuery) -> list[dict[str, Any]]:
    """Return whom to call before the directory opens, until a curator has recorded a first check."""
    if query.reason or query.page > 1 or Assurance.objects.exists():
        return []
    services = services_to_call_first(country=settings.DEFAULT_COUNTRY)
    return [
        {
            "name": service.name,
            "organization": service.organization.name,
            "phones": list(dict.fromkeys(phone.number for phone in service.phones.all())),
            "url": record_url("service", service.pk),
        }
        for service in services
    ]


def _has_region(request: HttpRequest) -> bool:
    curator = permissions.curator_of(request.user)
    return permissions.is_limited(current_user(request)) or (curator is not None and bool(curator.regions))


def _clamp_page(query: TodayQuery, counts: dict[str, int]) -> tuple[TodayQuery, int]:
    """Use the last page instead of one past the end: the queue shrinks while one works."""
    number = sum(counts[reason.code] for reason in ([query.reason] if query.reason else REASONS))
    pages = max(1, ceil(number / PAGE_SIZE))
    return TodayQuery(query.scope, query.reason, min(max(query.page, 1), pages)), pages


def _scope_links(query: TodayQuery, queue_scope: QueueScope) -> list[dict[str, Any]]:
    offered = [extent for extent in SCOPES if extent != REGION or queue_scope.has_home]
    return [
        {
            "name": SCOPE_NAMES[extent],
            "url": query.address(scope=extent, page=None),
            "is_current": extent == query.scope,
        }
        for extent in offered
    ]


def _reason_links(
    query: TodayQuery, counts: dict[str, int], reasons: Sequence[Reason]
) -> list[dict[str, Any]]:
    return [
        {
            "name": reason.label,
            "count": counts[reason.code],
            "url": query.address(reason=reason.code, page=None),
            "is_current": reason is query.reason,
        }
        for reason in reasons
    ]


def item_contexts(
    items: Sequence[QueueItem],
    query: TodayQuery,
    *,
    by: Any,
    ticked: set[str],
    hold_reasons: dict[str | None, Any],
) -> list[dict[str, Any]]:
    """Return the items of the page as dictionaries for the template, each with its buttons and links."""
    return [
        {
            **_item_context(item, following, query, by=by),
            "is_ticked": str(item.subject) in ticked,
            "group": hold_reasons.get(_hold_reason(item)),
        }
        for item, following in zip_longest(items, items[1:])
    ]


def _hold_reason(item: QueueItem) -> str | None:
    return item.service.status_reason if item.reason.code == "held" and item.service else None


def _item_context(
    item: QueueItem, following: QueueItem | None, query: TodayQuery, *, by: Any
) -> dict[str, Any]:
    is_service = item.model_name == "service"
    return {
        **vars(item),
        "id": str(item.subject),
        "reason": item.reason.label,
        "about": _about(item),
        "phones": item.phones[:MAX_PHONES],
        "url": record_url(item.model_name, item.subject),
        "is_mine": item.claim is not None and item.claim.by_id == by.pk,
        "claim_url": _claim_url(item, "take"),
        "release_url": _claim_url(item, "release"),
        "next": _id_of(following),
        "may_check": is_service and item.is_actionable,
        **_actions(item, following, query, by=by),
    }


def _actions(item: QueueItem, following: QueueItem | None, query: TodayQuery, *, by: Any) -> dict[str, Any]:
    """Return `buttons`, which act at once, and `links` to pages that ask for more."""
    if item.service is None or not item.is_actionable or item.model_name != "service":
        return {"buttons": (), "links": (), "right_url": ""}
    if item.reason.code == "held" and permissions.can(by, Action.PUBLISH):
        publish, withdraw = (
            _url(f"admin:resources_service_{action}", item.subject) for action in ("publish", "withdraw")
        )
        no_answer = _outcomes(item, [(Outcome.NO_ANSWER, "n")])
        return {
            "buttons": [{"name": _("Publish"), "key": "p", "url": publish}, *no_answer],
            "links": [_link_with_return(_("Keep hidden"), withdraw, following, query, hide="1")],
            "right_url": "",
        }
    kind = item.service.kind
    pages = [
        _link_with_return(outcome.label, _outcome_url(item, outcome), following, query)
        for outcome in PAGE_OUTCOMES
        if outcome != Outcome.MOVED or kind not in NEVER_MOVED
    ]
    outcomes = [pair for pair in BUTTON_OUTCOMES if pair[0] != Outcome.FULL or kind not in NEVER_FULL]
    return {
        "buttons": _outcomes(item, outcomes),
        "links": pages,
        "right_url": f"{_outcome_url(item, Outcome.RIGHT)}?{urlencode({'to': _id_of(following)})}",
        "learned": Learned.choices,
    }


def _about(item: QueueItem) -> str:
    kind = str(Kind(item.service.kind).label) if item.service else ""
    return " · ".join(part for part in (kind, item.town) if part)


def _outcomes(item: QueueItem, outcomes: Sequence[tuple[Outcome, str]]) -> list[dict[str, Any]]:
    return [
        {"name": outcome.label, "key": key, "url": _outcome_url(item, outcome)} for outcome, key in outcomes
    ]


def _id_of(item: QueueItem | None) -> str:
    return str(item.subject) if item else ""


def _link_with_return(
    name: Any, url: str, following: QueueItem | None, query: TodayQuery, **more: str
) -> dict[str, Any]:
    """Return a link to a page that returns here, to the item after this one."""
    return_query = urlencode({"next": query.address(), "to": _id_of(following), **more})
    return {"name": name, "url": f"{url}?{return_query}"}


def _outcome_url(item: QueueItem, outcome: Outcome) -> str:
    return _url("admin:resources_service_found", item.subject, after=(outcome.value,))


def _claim_url(item: QueueItem, action: str) -> str:
    return _url(f"admin:resources_claim_{action}", item.subject, before=(item.model_name,))


def record_url(what: str, subject: UUID) -> str:
    """Return the URL of a record in the queue."""
    return _url(f"admin:resources_{what}_change", subject)


NOBODY = UUID(int=0)


def _url(view: str, subject: UUID, *, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> str:
    """Return the URL of a view of one record: a page has 300 of these, and Django looks up each anew."""
    return _url_of_nobody(view, before, after).replace(str(NOBODY), str(subject))


@cache
def _url_of_nobody(view: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    return reverse(view, args=[*before, NOBODY, *after])


def _hold_reasons(items: Sequence[QueueItem]) -> dict[str | None, Any]:
    """Return the reasons why services are held, with numbers, if the page shows some of them."""
    if not any(item.reason.code == "held" for item in items):
        return {}
    return {
        reason: {"name": reason or _("no reason given"), "count": number, "url": held_services_url(reason)}
        for reason, number in held_by_reason(MAX_HOLD_REASONS)
    }


# ---- charts: bars in hundredths of the width, beside their numbers


def _charts(day: Any) -> dict[str, Any]:
    statistics = catalog_statistics(day, settings.DEFAULT_COUNTRY)
    return {
        "freshness": freshness_rows(statistics.freshness),
        "countries": coverage_rows(statistics.countries, unnamed=_("Not stated, or worldwide")),
        "regions": coverage_rows(statistics.regions, unnamed=_("Region not stated")),
        "country": the_country(statistics.country),
    }


def freshness_rows(rows: Sequence[Freshness]) -> list[dict[str, Any]]:
    """Return a bar for each kind, divided into checked, overdue and never checked."""
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
    """Return bars relative to the longest one."""
    longest = max((row.number for row in rows), default=0)
    return [
        {
            "label": row.label or unnamed,
            "number": row.number,
            "parts": _parts((("within", row.number),), longest),
        }
        for row in rows
    ]


def _parts(numbers: Sequence[tuple[str, int]], total: int) -> list[dict[str, str]]:
    """Return the parts of a bar. `x` and `width` are text, with a point in every language."""
    parts, start = [], 0.0
    for name, number in numbers:
        width = 100 * number / total if total else 0.0
        if number:
            parts.append({"name": name, "x": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return parts
