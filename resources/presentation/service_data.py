"""Services with their child rows, gathered for all that is derived from them.

Rows are fetched table by table and grouped here: prefetching through managers took three times as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from resources.models import (
    Accessibility,
    Contact,
    CostOption,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from resources.presentation.prices import SessionPrice
from resources.vocabulary import PhoneType


@dataclass(frozen=True)
class ServiceData:
    """What the listings of one service are made of.

    `phones` and `schedules` hold those of each owner and `access_features` those of each location, by ids.
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

    @property
    def organization(self) -> Organization:
        return self.service.organization

    def phones_at(self, place: ServiceAtLocation | None) -> list[Phone]:
        """The numbers of the service here and everywhere; without one to call, its organization's too."""
        here = [place.pk, place.location_id] if place else []
        own = [phone for owner in (*here, self.service.pk) for phone in self.phones.get(owner, ())]
        return with_organization_phones(own, self.phones.get(self.service.organization_id, ()))

    def schedules_at(self, place: ServiceAtLocation | None) -> list[Schedule]:
        """Those of the service wherever it is, and those of it here."""
        owners = (self.service.pk, place.pk) if place else (self.service.pk,)
        return [schedule for owner in owners for schedule in self.schedules.get(owner, ())]

    def website_at(self, place: ServiceAtLocation | None) -> str:
        """The service's own page, else the forum itself, else its organization's site."""
        return self.service.url or (place.location.url if place else "") or self.organization.website

    @property
    def email(self) -> str:
        stated = next((contact.email for contact in self.contacts if contact.email), "")
        return self.service.email or stated or self.organization.email


def load_published(service_ids: Sequence[UUID], *, at: datetime) -> list[ServiceData]:
    """The published ones of these services, whole, in a dozen queries; of their prices those valid `at`."""
    return load_services(Service.objects.published().filter(pk__in=service_ids), at=at)


def load_services(asked: QuerySet[Service], *, at: datetime) -> list[ServiceData]:
    """The same of any services, also of those that visitors are not shown."""
    services = list(asked.select_related("organization"))
    of_these = {"service__in": [service.pk for service in services]}
    audiences = _by_service(ServiceAudience.objects.filter(**of_these))
    # Visitors' today, also while a curator in another zone saves.
    today = timezone.localdate(at, timezone.get_default_timezone())
    prices = _by_service(CostOption.objects.valid_on(today).filter(**of_these))
    languages = _by_service(Language.objects.filter(**of_these))
    areas = _by_service(ServiceArea.objects.filter(**of_these))
    topics = _by_service(
        Service.topics.through.objects.filter(**of_these)
        .select_related("taxonomyterm")
        .order_by("taxonomyterm__name", "taxonomyterm")  # the one table here without an order of its own
    )
    places = _by_service(
        ServiceAtLocation.objects.filter(**of_these).select_related("location").order_by("pk")
    )
    contacts = _by_service(Contact.objects.filter(**of_these))
    everywhere = [place for rows in places.values() for place in rows]
    phones, schedules = _phones_by_owner(services, everywhere), _schedules_by_owner(services, everywhere)
    access_features = _access_features(everywhere)
    return [
        ServiceData(
            service=service,
            price=SessionPrice(prices[service.pk]),
            audiences=audiences[service.pk],
            languages=languages[service.pk],
            areas=areas[service.pk],
            topics=[row.taxonomyterm for row in topics[service.pk]],
            places=places[service.pk],
            contacts=contacts[service.pk],
            phones=phones,
            schedules=schedules,
            access_features=access_features,
        )
        for service in services
    ]


def with_organization_phones(own: Sequence[Phone], organization: Iterable[Phone]) -> list[Phone]:
    """Numbers to call first. A fax alone is nothing to call: then the organization's stand beside it."""
    reachable = any(phone.type != PhoneType.FAX for phone in own)
    phones = own if reachable else [*own, *organization]
    return sorted(phones, key=lambda phone: PhoneType(phone.type).number)


def _by_service(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.service_id].append(row)
    return grouped


def _access_features(places: Sequence[ServiceAtLocation]) -> dict[UUID, list[str]]:
    grouped: dict[UUID, list[str]] = defaultdict(list)
    rows = Accessibility.objects.filter(location__in={place.location_id for place in places})
    for location, feature in rows.exclude(feature="").values_list("location_id", "feature"):
        grouped[location].append(feature)
    return grouped


def _phones_by_owner(
    services: Sequence[Service], places: Sequence[ServiceAtLocation]
) -> dict[UUID, list[Phone]]:
    owners = {
        "service_id": [service.pk for service in services],
        "organization_id": {service.organization_id for service in services},
        "service_at_location_id": [place.pk for place in places],
        "location_id": {place.location_id for place in places},
    }
    return _by_owner(Phone, owners)


def _schedules_by_owner(
    services: Sequence[Service], places: Sequence[ServiceAtLocation]
) -> dict[UUID, list[Schedule]]:
    owners = {
        "service_id": [service.pk for service in services],
        "service_at_location_id": [place.pk for place in places],
    }
    return _by_owner(Schedule, owners)


def _by_owner(model: Any, owners: Mapping[str, Iterable[UUID]]) -> dict[UUID, list[Any]]:
    """Rows of a table with several foreign keys, of which each row uses one."""
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for owner, ids in owners.items():
        for row in model._default_manager.filter(**{f"{owner}__in": ids}):
            grouped[getattr(row, owner)].append(row)
    return grouped
