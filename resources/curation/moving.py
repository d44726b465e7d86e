"""A service that is somewhere else now. A place that other services share is never changed under them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resources.curation.placing import NoPoint, point_of_address
from resources.geo.regions import region_named
from resources.models import Location, Phone, Service, ServiceAtLocation
from resources.vocabulary import LocationType

ADDRESS = ("address_1", "city", "region", "postal_code", "country")
NUMBER = ("number", "international", "extension", "type", "country", "description")
LONGEST_REGION = 10  # in the records, which hold abbreviations


class AddressMissing(ValidationError):
    """A new address needs a town or a postal code, and a country."""


def place_at(
    service: Service, place: ServiceAtLocation | None, address: Mapping[str, str], *, at: datetime
) -> Location:
    """The service is met at `address` (`ADDRESS` by name) from now on: instead of at `place`, or besides.

    The id of the place of the service stays. Raises ValidationError by box; the caller keeps the history.
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
        raise AddressMissing({"city": _("Write the town or the postal code.")})
    if not country:
        raise AddressMissing({"country": _("Choose the country.")})
    if len(region) > LONGEST_REGION and not region_named(region, country):
        raise ValidationError({"region": _("We know no region of this name there.")})


def _make_location(address: Mapping[str, str], *, at: datetime) -> Location:
    """A place at this address, with a point where the gazetteer knows one; not saved."""
    location = Location(**{name: address.get(name, "") for name in ADDRESS}, last_modified=at)
    if region := region_named(location.region, location.country or None):
        location.region = region.code
    try:
        found, precision = point_of_address(
            city=location.city,
            region=location.region,
            postal_code=location.postal_code,
            country=location.country,
        )
    except NoPoint:
        return location
    location.latitude, location.longitude = found.point.latitude, found.point.longitude
    location.precision = precision
    return location


def _move(place: ServiceAtLocation, new: Location) -> Location:
    """What was its place alone keeps its name and its numbers; those of a shared one are the house's."""
    old = place.location
    new.organization_id = old.organization_id
    is_shared = old.service_at_locations.exclude(pk=place.pk).exists()
    if not is_shared:
        new.name = old.name
    new.save()
    for phone in () if is_shared else old.phones.all():
        Phone.objects.create(location=new, **{name: getattr(phone, name) for name in NUMBER})
    place.location = new
    place.save(update_fields=["location"])
    return new


def places_on_the_ground(service: Service) -> list[ServiceAtLocation]:
    """Where it is met, without forums and postal addresses."""
    places = service.service_at_locations.select_related("location").order_by("pk")
    return [place for place in places if place.location.location_type == LocationType.PHYSICAL]
