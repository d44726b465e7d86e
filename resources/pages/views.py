"""The visitors' pages: each view translates and makes one call."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.fees.estimating import offer_of
from resources.http.conditional import conditional
from resources.http.result_cards import result_view
from resources.models import Organization, Service
from resources.pages.asking import choices_view
from resources.pages.fees import fees_view
from resources.pages.records import organization_view, service_view
from resources.pages.results import Address, answer_view, place_links
from resources.pages.withdrawn import instead_of_organization, instead_of_service
from resources.search.answering import PageNotFound, catalogue_counts
from resources.search.filters import ListingFilterSet
from resources.search.meetings import coming_meetings
from resources.search.results import results_of_organization
from resources.search.subscribing import calendar_of_answer, calendar_of_service
from resources.vocabulary import Status

URGENT = Path(__file__).resolve().parent.parent / "data" / "urgent.json"
SHOWN_SERVICES = 50
SHOWN_MEETINGS = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", {"form": ListingFilterSet({}).form})


@require_safe
@conditional()
def search(request: HttpRequest) -> HttpResponse:
    """An unknown parameter is a note, for the rest has an answer; a bad value is an error beside its box."""
    filters = ListingFilterSet(request.GET)
    everywhere = catalogue_counts(settings.DEFAULT_COUNTRY)
    context: dict[str, Any] = {
        "form": filters.form,
        "choices": choices_view(filters.form, everywhere, None),
        "notes": _notes(filters),
        "answer": None,
    }
    address = Address(request.path, request.GET)
    if filters.bad_values():
        context["spellings"] = place_links(filters.spellings, address)
        return render(request, "pages/search.html", context, status=400)
    try:
        answer = filters.answer()
    except PageNotFound as error:
        context["past_end"] = {"pages": error.pages, "url": address.with_(page=error.pages)}
        return render(request, "pages/search.html", context, status=404)
    context["answer"] = answer_view(answer, address)
    context["choices"] = choices_view(filters.form, everywhere, answer.facets)
    return render(request, "pages/search.html", context)


@require_safe
@conditional(also=lambda request: _searched_before(request))
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A service that is not published says so, and offers the next step."""
    found = get_object_or_404(Service.objects.with_everything(), pk=pk)
    if found.status != Status.ACTIVE:
        gone = {"service": {"withdrawn": True}, "instead": instead_of_service(found)}
        return render(request, "pages/service.html", gone, status=410)
    now = timezone.now()
    meetings = coming_meetings(pk, now, most=SHOWN_MEETINGS)
    context = {
        "service": service_view(found, meetings, now),
        "fees": fees_view(pk, offer_of(found, day=now.date())),
        "back_url": _searched_before(request),
        "correct_url": reverse("pages:correct", args=[pk]),
    }
    return render(request, "pages/service.html", context)


@require_safe
@conditional()
def service_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For a person's own calendar; 404 where no dates are known that somebody has checked."""
    calendar = calendar_of_service(pk, page_of=_page_of(request), now=timezone.now())
    if calendar is None:
        raise Http404(_("We know of no dates that somebody has checked."))
    return _calendar_file(calendar)


@require_safe
@conditional()
def search_calendar(request: HttpRequest) -> HttpResponse:
    """Everything that fits the question and meets at times, as one calendar."""
    filters = ListingFilterSet(request.GET)
    if refused := filters.bad_values():
        said = "\n".join(f"{each.parameter}: {each.message}" for each in refused)
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    return _calendar_file(calendar_of_answer(filters.question(), page_of=_page_of(request)))


@require_safe
@conditional()
def organization(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One that publishes nothing now is not shown: its records may be held for a reason.

    Where it ever did, its old address says so and offers the next step.
    """
    found = get_object_or_404(Organization.objects.prefetch_related("phones"), pk=pk)
    now = timezone.now()
    services = [
        result_view(result, now=now) for result in results_of_organization(pk, limit=SHOWN_SERVICES, now=now)
    ]
    if not services and (instead := instead_of_organization(found)):
        return render(request, "pages/gone.html", {"instead": instead}, status=410)
    if not services:
        raise Http404(_("Nothing of this organization is listed."))
    context = {"organization": organization_view(found), "services": services}
    return render(request, "pages/organization.html", context)


@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """From a file: it answers with the database down."""
    return render(request, "pages/urgent.html", {"urgent": _urgent_help()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    days = {"contact_days": settings.CONTACT_KEPT_DAYS, "decided_days": settings.CONTRIBUTIONS_KEPT_DAYS}
    return render(request, "pages/privacy.html", days)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


def _page_of(request: HttpRequest) -> Callable[[str], str]:
    return lambda pk: request.build_absolute_uri(reverse("pages:service", args=[pk]))


def _calendar_file(calendar: bytes) -> HttpResponse:
    """Its name says nothing of what it holds: other people may see the folder it is saved in."""
    headers = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8", headers=headers)


@cache
def _urgent_help() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(URGENT.read_text(encoding="utf-8"), object_hook=_with_dates)
    return document


def _with_dates(record: dict[str, Any]) -> dict[str, Any]:
    """Days as dates, so that the page says them in its own language."""
    days = {name: day for name, day in record.items() if day and name.endswith(("_on", "_dated"))}
    return {**record, **{name: date.fromisoformat(day) for name, day in days.items()}}


def _notes(filters: ListingFilterSet) -> list[str]:
    return [
        _("We did not understand “%(name)s” and left it out.") % {"name": name[:100]}
        for name in filters.unknown
    ]


def _searched_before(request: HttpRequest) -> str:
    """The search a person came from, by the browser's own word, and only if it was one of ours."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if came_from.netloc != request.get_host() or came_from.path != reverse("pages:search"):
        return ""
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
