"""Pages for withdrawn services and organizations (410): they say so and offer alternatives.

Reveals nothing about the withdrawn record except its town and kind, used to suggest alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from resources.geo.geocoding import PlaceNotFound, find_place
from resources.geo.regions import region_name
from resources.history.revisions import were_ever_published
from resources.models import Location, Organization, Service
from resources.vocabulary import Kind

MAX_SERVICES = 200  # of one organization whose history is checked
MAX_TOWNS = 3  # looked up before none is offered


def render_gone(request: HttpRequest, instead: dict[str, Any]) -> HttpResponse:
    """Return the page with status 410."""
    return render(request, "pages/gone.html", {"instead": instead}, status=410)


def withdrawn_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Return the page for a withdrawn service. Raises Http404 if it was never published."""
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
            place = find_place(text, default_country=location.country)
        except PlaceNotFound:
            continue
        if place.country == location.country and location.region in ("", place.region):
            return text
    return ""
