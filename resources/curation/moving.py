"""A service that is somewhere else now. A place that other services share is never changed under them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from resources.curation.placing import NoPoint, point_of_address
from resources.geo.regions import region_named
from resources.models import Location, Phone, Service, ServiceAtLocation
from resources.vocabulary import LocationType

ADDRESS = ("address_1", "city", "region", "postal_code", "country")
NUMBER = ("number", "international", "extension", "type", "country", "description")


def make_location(address: Mapping[str, str], *, at: datetime) -> Location:
    """A place at this address (`ADDRESS` by name), with a point where the gazetteer knows one."""
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


def move_place(place: ServiceAtLocation, address: Mapping[str, str], *, at: datetime) -> Location:
    """The service is met at `address` from now on; the id of the place of the service stays.

    What was its place alone keeps its name and its numbers; those of a shared one are the house's.
    """
    old, new = place.location, make_location(address, at=at)
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
