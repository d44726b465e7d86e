"""Addresses: geocode them, and move services to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resources.geo.geocoding import FoundPlace, PlaceNotFound, find_place
from resources.geo.regions import region_named
from resources.models import Location, Phone, Service, ServiceAtLocation
from resources.vocabulary import LocationType, Precision


class AddressNotFound(Exception):
    """The gazetteer knows neither the postal code nor the town."""


def geocode_address(
    *, city: str, region: str, postal_code: str, country: str
) -> tuple[FoundPlace, Precision]:
    """Find the postal code's area, else the town, of an address. Raises AddressNotFound.

    `country` must be given: a match in another country is a different place with the same name.
    """
    town = f"{city}, {region}" if region else city
    for text, precision in ((postal_code, Precision.AREA), (town if city else "", Precision.TOWN)):
        place = _find(text, country) if text else None
        if place:
            return place, precision
    raise AddressNotFound(postal_code or town)


def _find(text: str, country: str) -> FoundPlace | None:
    try:
        place = find_place(text, default_country=country)
    except PlaceNotFound:
        return None
    return place if place.country == country else None


ADDRESS_FIELDS = ("address_1", "city", "region", "postal_code", "country")
PHONE_FIELDS = ("number", "international", "extension", "type", "country", "description")
MAX_REGION_LENGTH = 10  # in the records, which hold abbreviations


class AddressMissing(ValidationError):
    """A new address needs a town or a postal code, and a country."""


def move_service(
    service: Service, place: ServiceAtLocation | None, address: Mapping[str, str], *, at: datetime
) -> Location:
    """Move a service to `address` (keys: ADDRESS_FIELDS): from `place`, or as a further place if that is
    None.

    The ServiceAtLocation keeps its id. Raises ValidationError by form field. The caller saves the revisions.
    """
    _check(address)
    location = _make_location(address, at=at)
    if place is not None:
        return _move(place, location)
    location.organization_id = service.organization_id
    location.save()
    ServiceAtLocation.objects.create(service=service, location=location)
    return location


def _check(address: Mapping[str, str]) -> None:
    country, region = address.get("country", ""), address.get("region", "")
    if not (address.get("city") or address.get("postal_code")):
        raise AddressMissing({"city": _("Enter the town or the postal code.")})
    if not country:
        raise AddressMissing({"country": _("Choose the country.")})
    if len(region) > MAX_REGION_LENGTH and not region_named(region, country):
        raise ValidationError({"region": _("There is no region with that name in this country.")})


def _make_location(address: Mapping[str, str], *, at: datetime) -> Location:
    """Return an unsaved location at this address, with a point if the gazetteer knows it."""
    location = Location(**{name: address.get(name, "") for name in ADDRESS_FIELDS}, last_modified=at)
    if region := region_named(location.region, location.country or None):
        location.region = region.code
    try:
        place, precision = geocode_address(
            city=location.city,
            region=location.region,
            postal_code=location.postal_code,
            country=location.country,
        )
    except AddressNotFound:
        return location
    location.latitude, location.longitude = place.point.latitude, place.point.longitude
    location.precision = precision
    return location


def _move(place: ServiceAtLocation, location: Location) -> Location:
    """Put `place` at a new location. Keep the old one's name and phones, unless other services share it."""
    old = place.location
    location.organization_id = old.organization_id
    is_shared = old.service_at_locations.exclude(pk=place.pk).exists()
    if not is_shared:
        location.name = old.name
    location.save()
    for phone in () if is_shared else old.phones.all():
        Phone.objects.create(location=location, **{name: getattr(phone, name) for name in PHONE_FIELDS})
    place.location = location
    place.save(update_fields=["location"])
    return location


def physical_places(service: Service) -> list[ServiceAtLocation]:
    """Return the places where people meet, without forums and postal addresses. One query."""
    places = service.service_at_locations.select_related("location").order_by("pk")
    return [place for place in places if place.location.location_type == LocationType.PHYSICAL]
