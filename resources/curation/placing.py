"""Addresses: geocode them, and move services to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resources.geo.geocoding import FoundPlace, PlaceNotFound, find_place
from resources.geo.regions import Region, country_named, region_named, regions_named
from resources.geo.schemes import normalize
from resources.models import Location, Phone, Service, ServiceAtLocation
from resources.vocabulary import COUNTRIES, LocationType, Precision


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
        place = find_place(text, default_country=country, country=country, with_areas=False)
    except PlaceNotFound:
        return None
    return place if place.country == country else None


ADDRESS_FIELDS = ("address_1", "city", "region", "postal_code", "country")
PHONE_FIELDS = ("number", "international", "extension", "type", "country", "description")
MAX_REGION_LENGTH = 10  # in the records, which hold abbreviations


class AddressMissing(ValidationError):
    """A new address needs a town or a postal code, and a country."""


def read_address(text: str, *, default_country: str) -> dict[str, str]:
    """Read "700 Elm St, Fort Worth, TX 76102" into ADDRESS_FIELDS, from its end: country, postal code, state,
    town, and what is left is the street.

    Without a country, that of the postal code or state is meant, `default_country` first. Raises
    ValidationError if no place of the gazetteer is in it.
    """
    parts = [part for part in (" ".join(part.split()) for part in text.split(",")) if part]
    country = _pop_country(parts, default_country)
    code, country_of_code = _pop_code(parts, country, default_country)
    region = _pop_region(parts, country or country_of_code, default_country)
    address = {
        "address_1": ", ".join(parts[:-1]),
        "city": parts[-1] if parts else "",
        "region": region.code if region else "",
        "postal_code": code,
        "country": country or country_of_code or (region.country if region else default_country),
    }
    if len(address["address_1"]) > 255 or len(address["city"]) > 120:
        raise ValidationError(_("This address is too long."))
    try:
        geocode_address(**{name: address[name] for name in ("city", "region", "postal_code", "country")})
    except AddressNotFound:
        raise ValidationError(
            _("We could not find this place. Enter a street, town and state, such as 700 Elm St, Dallas, TX.")
        ) from None
    return address


def _pop_country(parts: list[str], default_country: str) -> str:
    """Remove the country from the end, if it is named and no state of `default_country` is meant."""
    named = country_named(parts[-1]) if len(parts) > 1 else None
    if named is None or regions_named(parts[-1], default_country):
        return ""
    parts.pop()
    return named.code


def _pop_code(parts: list[str], country: str, default_country: str) -> tuple[str, str]:
    """Remove a postal code from the end: "TX 76102" or "London SW1A 1AA". Return it and its country."""
    words = parts[-1].split() if parts else []
    among = [country] if country else [default_country, *COUNTRIES]
    for size in (2, 1):  # "SW1A 1AA" before "76102"
        tail = " ".join(words[-size:]).upper()
        known = [one for one in among if len(words) >= size and normalize(one, tail)]
        if known and any(character.isdigit() for character in tail):
            parts[-1:] = [rest] if (rest := " ".join(words[:-size])) else []
            return tail, known[0]
    return "", ""


def _pop_region(parts: list[str], country: str, default_country: str) -> Region | None:
    """Remove a state from the end, if a town stands before it: "Dallas, Texas" or "Dallas TX"."""
    town, _space, last = parts[-1].rpartition(" ") if parts else ("", "", "")
    if town and last.isupper() and regions_named(last, country or None):
        parts[-1:] = [town, last]
    if len(parts) < 2:
        return None
    among = regions_named(parts[-1], country or None)
    region = next((one for one in among if one.country == default_country), None) or next(iter(among), None)
    if region is not None:
        parts.pop()
    return region


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
