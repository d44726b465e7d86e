"""A service with its child rows gathered once, for all that is derived from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resources.models import (
    Language,
    Organization,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from resources.search.prices import SessionPrice


@dataclass(frozen=True)
class Facts:
    """What a listing is made of. The service comes `with_listing_facts`: nothing here asks the database."""

    service: Service
    organization: Organization
    price: SessionPrice
    audiences: Sequence[ServiceAudience]
    languages: Sequence[Language]
    areas: Sequence[ServiceArea]
    topics: Sequence[TaxonomyTerm]
    places: Sequence[ServiceAtLocation]
    phones: Sequence[Phone]

    @classmethod
    def of(cls, service: Service) -> Facts:
        return cls(
            service=service,
            organization=service.organization,
            price=SessionPrice(service.cost_options.all()),
            audiences=list(service.audiences.all()),
            languages=list(service.languages.all()),
            areas=list(service.service_areas.all()),
            topics=list(service.topics.all()),
            places=list(service.service_at_locations.all()),
            phones=list(service.phones.all()),
        )
