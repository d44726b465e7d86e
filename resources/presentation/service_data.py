"""Services with their related rows, loaded for everything that is derived from them.

Rows are read table by table and grouped here: prefetching through managers took three times as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet, prefetch_related_objects
from django.utils import timezone

from resources.models import (
    Accessibility,
    Contact,
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
    TaxonomyTerm,
)
from resources.models.rows import among, read_rows
from resources.models.web import host_of, share_a_site
from resources.presentation.prices import SessionPrice
from resources.vocabulary import Extent, PhoneType

# Pages that are never those of the service itself, whatever website it has.
_PAGES_OF_OTHERS = ("news", "third_party")


@dataclass(frozen=True)
class ServiceData:
    """What the listings of one service are built from.

    `phones` and `schedules` are grouped by their owner's id, `access_features` by location id. `record` is
    where it was seen, None for what a curator entered.
    """

    service: Service
    price: SessionPrice
    audiences: Sequence[ServiceAudience]
    languages: Sequence[Language]
    areas: Sequence[ServiceArea]
    topics: Sequence[TaxonomyTerm]
    places: Sequence[ServiceAtLocation]
    contacts: Sequence[Contact]
    phones: Mapping[UUID, Sequence[Phone]]
    schedules: Mapping[UUID, Sequence[Schedule]]
    access_features: Mapping[UUID, Sequence[str]]
    record: SourceRecord | None

    @property
    def organization(self) -> Organization:
        """The organization that offers it."""
        return self.service.organization

    def country_at(self, place: ServiceAtLocation | None) -> str:
        """Return where it is, else the one country that it serves; "" if it serves several or the world."""
        if place and place.location.country:
            return place.location.country
        countries = {area.area[:2] for area in self.areas if area.extent != Extent.WORLD}
        return countries.pop() if len(countries) == 1 else ""

    def phones_at(self, *places: ServiceAtLocation | None) -> list[Phone]:
        """Return its numbers at these places and everywhere; the organization's too if none can be called."""
        local_ids = (pk for place in places if place for pk in (place.pk, place.location_id))
        owners = (*local_ids, self.service.pk)
        own = [phone for owner in owners for phone in self.phones.get(owner, ())]
        return with_organization_phones(own, self.phones.get(self.service.organization_id, ()))

    def schedules_at(self, *places: ServiceAtLocation | None) -> list[Schedule]:
        """Return the schedules of the service everywhere, and those at these places."""
        owners = (self.service.pk, *(place.pk for place in places if place))
        return [schedule for owner in owners for schedule in self.schedules.get(owner, ())]

    @property
    def website(self) -> str:
        """Its own page, else a URL all its places share, such as a forum, else its organization's website.

        If its places have several and its organization none, the first of them.
        """
        addresses = list(dict.fromkeys(place.location.url for place in self.places if place.location.url))
        shared = addresses[0] if len(addresses) == 1 else ""
        return self.service.url or shared or self.organization.website or next(iter(addresses), "")

    @property
    def is_from_own_page(self) -> bool:
        """True if it was seen on a page of its own: as the list says, else by the host of its websites."""
        record = self.record
        if record is None or record.source_type in _PAGES_OF_OTHERS:
            return False
        sites = self.service.url, self.organization.website, *(place.location.url for place in self.places)
        seen_at, own = host_of(record.source_url), filter(None, map(host_of, sites))
        return record.source_type == "own" or any(share_a_site(seen_at, host) for host in own)

    @property
    def email(self) -> str:
        """Its own e-mail address, else a contact's, else its organization's; "" if unknown."""
        stated = next((contact.email for contact in self.contacts if contact.email), "")
        return self.service.email or stated or self.organization.email


def load_published(service_ids: Sequence[UUID], *, at: datetime) -> list[ServiceData]:
    """Return the published ones of these services in a dozen queries, with the prices valid `at`."""
    return load_services(Service.objects.published().filter(among("pk", service_ids)), on=visitors_day(at))


def visitors_day(at: datetime) -> date:
    """Return the date for visitors, also while a curator in another time zone saves."""
    return timezone.localdate(at, timezone.get_default_timezone())


def load_services(queryset: QuerySet[Service], *, on: date, also: Sequence[str] = ()) -> list[ServiceData]:
    """Return the data of any services, also unpublished ones, and prefetch `also` for each."""
    services = read_rows(queryset)
    prefetch_related_objects(services, *also)
    _relate(services, "organization", Organization)
    of_these = among("service_id", [service.pk for service in services])
    audiences = _by_service(ServiceAudience.objects.filter(of_these))
    prices = _by_service(CostOption.objects.valid_on(on).filter(of_these))
    languages = _by_service(Language.objects.filter(of_these))
    areas = _by_service(ServiceArea.objects.filter(of_these))
    topics = _grouped(
        Service.topics.through.objects.filter(of_these)
        .select_related("taxonomyterm__taxonomy")
        .order_by("taxonomyterm")  # the only table here without a default ordering
    )
    all_places = read_rows(ServiceAtLocation.objects.filter(of_these))
    _relate(all_places, "location", Location)
    places = _grouped(all_places)
    contacts = _by_service(Contact.objects.filter(of_these))
    owners = {
        "service_id": [service.pk for service in services],
        "service_at_location_id": [place.pk for place in all_places],
    }
    others = {
        "organization_id": {service.organization_id for service in services},
        "location_id": {place.location_id for place in all_places},
    }
    phones, schedules = _by_owner(Phone, {**owners, **others}), _by_owner(Schedule, owners)
    arrangements = _by_owner(Accessibility, {"location_id": others["location_id"]})
    access_features = {pk: _features(rows) for pk, rows in arrangements.items()}
    records = _by_service(SourceRecord.objects.filter(of_these))
    return [
        ServiceData(
            service=service,
            price=SessionPrice(service, prices[service.pk]),
            audiences=audiences[service.pk],
            languages=languages[service.pk],
            areas=areas[service.pk],
            topics=[row.taxonomyterm for row in topics[service.pk]],
            places=places[service.pk],
            contacts=contacts[service.pk],
            phones=phones,
            schedules=schedules,
            access_features=access_features,
            record=next(iter(records[service.pk]), None),
        )
        for service in services
    ]


def data_of(service: Service, *, on: date) -> ServiceData:
    """Return the data of one service that was loaded `with_related`. No query."""
    places = list(service.service_at_locations.all())
    locations = [place.location for place in places]
    owners_of_phones: list[Any] = [service, service.organization, *places, *locations]
    owners_of_schedules: list[Any] = [service, *places]
    return ServiceData(
        service=service,
        price=SessionPrice(service, (row for row in service.cost_options.all() if row.is_valid_on(on))),
        audiences=list(service.audiences.all()),
        languages=list(service.languages.all()),
        areas=list(service.service_areas.all()),
        topics=list(service.topics.all()),
        places=places,
        contacts=list(service.contacts.all()),
        phones={owner.pk: list(owner.phones.all()) for owner in owners_of_phones},
        schedules={owner.pk: list(owner.schedules.all()) for owner in owners_of_schedules},
        access_features={row.pk: _features(row.accessibility.all()) for row in locations},
        record=next(iter(service.source_records.all()), None),
    )


def with_organization_phones(own: Sequence[Phone], organization: Iterable[Phone]) -> list[Phone]:
    """Return numbers that can be called first. With a fax alone, the organization's numbers are added."""
    reachable = any(phone.type != PhoneType.FAX for phone in own)
    phones = own if reachable else [*own, *organization]
    return sorted(phones, key=lambda phone: PhoneType(phone.type).number)


def _features(arrangements: Iterable[Accessibility]) -> list[str]:
    """Return the accessibility features that can be searched for."""
    return [row.feature for row in arrangements if row.feature]


def _relate(rows: Iterable[Any], name: str, model: type[Model]) -> None:
    """Give each row the row of another table that it points to. One query."""
    ids = {getattr(row, f"{name}_id") for row in rows}
    found = read_rows(model._default_manager.filter(among("pk", ids)).order_by())
    related = {row.pk: row for row in found}
    for row in rows:
        setattr(row, name, related[getattr(row, f"{name}_id")])


def _by_service(queryset: QuerySet[Any]) -> dict[UUID, list[Any]]:
    return _grouped(read_rows(queryset))


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.service_id].append(row)
    return grouped


def _by_owner(model: Any, owners: Mapping[str, Iterable[UUID]]) -> dict[UUID, list[Any]]:
    """Return the rows of a table with several foreign keys, of which each row uses one, by owner."""
    of_these = reduce(or_, (among(owner, ids) for owner, ids in owners.items()))
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in read_rows(model._default_manager.filter(of_these)):
        grouped[next(pk for owner in owners if (pk := getattr(row, owner)))].append(row)
    return grouped
