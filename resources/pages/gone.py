"""Pages for withdrawn services and organizations (410): they say so and offer alternatives.

The address of a service that was merged leads to the one it became part of.

Reveals nothing about the withdrawn record except its town and kind, used to suggest alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from resources.curation.merging import kept_record
from resources.geo.geocoding import PlaceNotFound, find_place
from resources.geo.regions import region_name
from resources.history.revisions import were_ever_published, withdrawal_date
from resources.models import Location, Organization, Service
from resources.search.calendar_feeds import PageOf, calendar_of_withdrawn
from resources.vocabulary import Kind, Status

MAX_SERVICES = 200  # of one organization whose history is checked
CANCELLED_FOR = timedelta(days=180)  # a calendar fetches its file again each day or week
MAX_TOWNS = 3  # looked up before none is offered


def render_gone(request: HttpRequest, instead: dict[str, Any]) -> HttpResponse:
    """Return the page with status 410."""
    return render(request, "pages/gone.html", {"instead": instead}, status=410)


def redirect_to_kept(request: HttpRequest, service: Service) -> HttpResponse | None:
    """Redirect to the same page of the service that this one was merged into; None if it was not.

    302 and not 301: a merge can be undone, and browsers keep a 301 for ever.
    """
    kept = kept_record(service)
    if kept is None or kept.status != Status.ACTIVE or request.resolver_match is None:
        return None
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponseRedirect(f"{reverse(request.resolver_match.view_name, args=[kept.pk])}{query}")


def withdrawn_calendar(service: Service, *, page_of: PageOf, now: datetime) -> bytes | None:
    """Return for some months a calendar with the meetings cancelled, for those who subscribed; then None.

    Raises Http404 for a service that was never published, or is still.
    """
    since = None if service.status == Status.ACTIVE else withdrawal_date(service)
    if since is None:
        raise Http404(_("We have no checked dates for this group."))
    if localdate(now) - since > CANCELLED_FOR:
        return None
    return calendar_of_withdrawn(service, page_of=page_of, now=now)


def withdrawn_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Return the page for a service that is not published. Raises Http404 if it never was."""
    if moved := redirect_to_kept(request, service):
        return moved
    if not were_ever_published([service.pk]):
        raise Http404
    return render_gone(request, alternatives_for_service(service))


def alternatives_for_service(service: Service) -> dict[str, Any]:
    """Return `instead` for `pages/gone.html`. Expects the service's places to be prefetched."""
    kind = Kind(service.kind)
    near = _near([place.location for place in service.service_at_locations.all()])
    return {"near": near, "kind": kind.value, "kind_label": kind.label}


def alternatives_for_organization(organization: Organization) -> dict[str, Any] | None:
    """Return `instead` for `pages/gone.html`; None if none of its services was ever published."""
    services = Service.objects.filter(organization=organization).values_list("pk", flat=True)
    if not were_ever_published(services[:MAX_SERVICES]):
        return None
    locations = Location.objects.filter(service_at_locations__service__organization=organization)
    return {"near": _near(locations.order_by("pk")[:1]), "kind": "", "kind_label": ""}


def _near(locations: Iterable[Location]) -> str:
    """Return a town as one would type it; "" if a search would not find it, or find another one."""
    for location in [location for location in locations if location.city][:MAX_TOWNS]:
        region = region_name(location.country, location.region) or location.region
        text = ", ".join(part for part in (location.city, region) if part)
        try:
            place = find_place(text, default_country=location.country, country=location.country)
        except PlaceNotFound:
            continue
        if place.country == location.country and location.region in ("", place.region):
            return text
    return ""
