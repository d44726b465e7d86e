"""Structured data for search engines (schema.org, JSON-LD): only known facts.

It has no opening hours, and upcoming dates only if someone has checked them. Prices are left out: a sliding
scale is not an Offer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from resources.models import Organization, ServiceArea, ServiceAtLocation
from resources.presentation.cards import street_of
from resources.presentation.service_data import ServiceData
from resources.presentation.times import IN_PERSON_FORMATS
from resources.vocabulary import Extent, Kind

# So that no text can close the script element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
IN_PERSON, ONLINE, MIXED = (
    f"https://schema.org/{name}EventAttendanceMode" for name in ("Offline", "Online", "Mixed")
)


def as_script(things: Sequence[Mapping[str, Any]]) -> SafeString:
    """Return a JSON-LD script element. Browsers do not run it, so the CSP needs no nonce for it."""
    graph = {"@context": "https://schema.org", "@graph": [_without_empty(thing) for thing in things]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  (escaped above)


def service_script(
    data: ServiceData, details: Mapping[str, Any], meetings: Sequence[Mapping[str, Any]]
) -> SafeString:
    """Return the structured data of a service.

    `details` is what the page draws, `meetings` its next ones.
    """
    service = data.service
    url = _address("pages:service", service.pk)
    nowhere: list[ServiceAtLocation | None] = [None]
    itself = {
        "@type": "Service",
        "@id": url,
        "url": url,
        "name": service.name,
        "alternateName": service.alternate_name,
        "description": service.description,
        "serviceType": str(Kind(service.kind).label),
        "provider": _provider(data.organization),
        "areaServed": [_area(area) for area in data.areas],
        "availableChannel": [_channel(details, place) for place in data.places or nowhere],
    }
    page = {"@type": "WebPage", "@id": f"{url}#page", "url": url, "lastReviewed": _day(service.assured_date)}
    events = [_event(data, details, meeting) for meeting in meetings if service.assured_date]
    return as_script([itself, *([page] if service.assured_date else []), *events])


def organization_script(organization: Organization, details: Mapping[str, Any]) -> SafeString:
    """Return the structured data of an organization; empty if the source does not state who runs it."""
    if not organization.operator_stated:
        return SafeString("")
    url = _address("pages:organization", organization.pk)
    itself = {
        "@type": "Organization",
        "@id": url,
        "name": organization.name,
        "alternateName": organization.alternate_name,
        "description": organization.description,
        "url": organization.website,
        "email": organization.email,
        "telephone": [phone["display"] for phone in details["phones"] if phone["href"]],
        "mainEntityOfPage": url,
    }
    return as_script([itself])


def _provider(organization: Organization) -> dict[str, Any] | None:
    if not organization.operator_stated:
        return None
    return _without_empty(
        {
            "@type": "Organization",
            "@id": _address("pages:organization", organization.pk),
            "name": organization.name,
            "url": organization.website,
        }
    )


def _area(area: ServiceArea) -> dict[str, str]:
    kinds = {Extent.COUNTRY: "Country", Extent.REGION: "State"}
    return {"@type": kinds.get(Extent(area.extent), "Place"), "name": area.name}


def _channel(details: Mapping[str, Any], place: ServiceAtLocation | None) -> dict[str, Any]:
    numbers = [phone["display"] for phone in details["phones"] if phone["href"]]
    return _without_empty(
        {
            "@type": "ServiceChannel",
            "servicePhone": [{"@type": "ContactPoint", "telephone": number} for number in numbers],
            "serviceUrl": details["website"],
            "serviceLocation": _place(place),
        }
    )


def _place(place: ServiceAtLocation | None) -> dict[str, Any] | None:
    """Return a postal address; None for a virtual place."""
    location = place.location if place else None
    if location is None or not location.city:
        return None
    address = {
        "@type": "PostalAddress",
        "streetAddress": street_of(location),
        "addressLocality": location.city,
        "addressRegion": location.region,
        "postalCode": location.postal_code,
        "addressCountry": location.country,
    }
    return _without_empty({"@type": "Place", "name": location.name, "address": _without_empty(address)})


def _event(data: ServiceData, details: Mapping[str, Any], meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return a meeting. With several places none is given: the meeting may be at any of them."""
    service, formats = data.service, set(map(str, data.service.formats))
    place = _place(data.places[0]) if len(data.places) == 1 and formats & IN_PERSON_FORMATS else None
    online = {"@type": "VirtualLocation", "url": details["website"]} if formats - IN_PERSON_FORMATS else None
    locations = [location for location in (place, online if online and online["url"] else None) if location]
    url = _address("pages:service", service.pk)
    return {
        "@type": "Event",
        "name": service.name,
        "url": url,
        "startDate": meeting["starts_at"] or meeting["date"],
        "endDate": meeting["ends_at"],
        "eventAttendanceMode": _attendance(formats),
        "location": locations,
        "organizer": _provider(data.organization),
        "about": {"@id": url},
    }


def _attendance(formats: set[str]) -> str:
    if not formats:
        return ""
    if formats <= IN_PERSON_FORMATS:
        return IN_PERSON
    return MIXED if formats & IN_PERSON_FORMATS else ONLINE


def _address(name: str, pk: Any) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[pk])}"


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _without_empty(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}
