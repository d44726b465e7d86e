"""What an old address offers once its service, or all of an organization, is no longer listed.

Nothing of the record is said but where and what one may look for instead.
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

MAX_SERVICES = 200  # services of one organization that are asked about
MAX_TOWNS = 3  # towns, before none is offered


def render_gone(request: HttpRequest, instead: dict[str, Any]) -> HttpResponse:
    return render(request, "pages/gone.html", {"instead": instead}, status=410)


def withdrawn_service(request: HttpRequest, service: Service) -> HttpResponse:
    """410 and what one may look for instead. Raises Http404 for a service that visitors were never shown."""
    if not were_ever_published([service.pk]):
        raise Http404
    return render_gone(request, alternatives_for_service(service))


def alternatives_for_service(service: Service) -> dict[str, Any]:
    """`instead` for `pages/gone.html`. The service comes with its places."""
    kind = Kind(service.kind)
    near = _near([place.location for place in service.service_at_locations.all()])
    return {"near": near, "kind": kind.value, "kind_label": kind.label}


def alternatives_for_organization(organization: Organization) -> dict[str, Any] | None:
    """None for one of which the history, which curators write, knows nothing that was ever listed."""
    services = Service.objects.filter(organization=organization).values_list("pk", flat=True)
    if not were_ever_published(services[:MAX_SERVICES]):
        return None
    locations = Location.objects.filter(service_at_locations__service__organization=organization)
    return {"near": _near(locations.order_by("pk")[:1]), "kind": "", "kind_label": ""}


def _near(locations: Iterable[Location]) -> str:
    """A town by its name, as one would type it; "" where a search would find none, or another."""
    for location in [location for location in locations if location.city][:MAX_TOWNS]:
        region = region_name(location.country, location.region) or location.region
        text = ", ".join(part for part in (location.city, region) if part)
        try:
            found = find_place(text, default_country=location.country)
        except PlaceNotFound:
            continue
        if found.country == location.country and location.region in ("", found.region):
            return text
    return ""
