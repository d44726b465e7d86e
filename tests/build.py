"""Builders of records for tests: say what matters, the rest is plain. Everything is saved and made true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from resources.curation import publishing
from resources.models import (
    Accessibility,
    CostOption,
    ImportRun,
    Language,
    Location,
    Organization,
    PendingEdit,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    Source,
    SourceRecord,
    Taxonomy,
    TaxonomyTerm,
)
from resources.search.projection import refresh_listings
from resources.vocabulary import Cost, CostUnit, Extent, Fit, Kind, Precision, Status

DALLAS = (32.7831, -96.8067)
_numbers = count(1)


def build_organization(name: str = "Kind People", **fields: Any) -> Organization:
    return Organization.objects.create(name=name, **fields)


def build_location(point: tuple[float, float] | None = DALLAS, **fields: Any) -> Location:
    latitude, longitude = point or (None, None)
    plain: dict[str, Any] = {
        "city": "Dallas",
        "region": "TX",
        "country": "US",
        "precision": Precision.EXACT if point else "",
    }
    return Location.objects.create(latitude=latitude, longitude=longitude, **{**plain, **fields})


def build_cost(
    service: Service,
    kind: str = Cost.FIXED,
    amount: float | None = None,
    amount_max: float | None = None,
    **fields: Any,
) -> CostOption:
    if kind == Cost.FREE:
        amount = 0
    return CostOption.objects.create(
        service=service,
        kind=kind,
        amount=None if amount is None else Decimal(str(amount)),
        amount_max=None if amount_max is None else Decimal(str(amount_max)),
        **{"currency": "USD" if amount else "", "unit": CostUnit.SESSION if amount else "", **fields},
    )


def build_term(name: str, taxonomy: str = "Topics") -> TaxonomyTerm:
    kept, _ = Taxonomy.objects.get_or_create(name=taxonomy)
    return TaxonomyTerm.objects.create(taxonomy=kept, name=name, code=name.lower().replace(" ", "-"))


def build_source_record(
    service: Service,
    key: str = "1",
    *,
    slug: str = "starter",
    name: str = "",
    url: str = "",
    licence: str = "",
    **fields: Any,
) -> SourceRecord:
    """What a source said of this service, in a file of it that was imported once."""
    source, _ = Source.objects.get_or_create(
        slug=slug, defaults={"name": name or slug, "url": url, "licence": licence}
    )
    run, _ = ImportRun.objects.get_or_create(
        source=source, defaults={"file_name": f"{slug}.csv", "started_at": timezone.now()}
    )
    plain: dict[str, Any] = {"raw": {}, "digest": "0" * 64}
    return SourceRecord.objects.create(
        source=source, key=key, service=service, first_run=run, last_run=run, **{**plain, **fields}
    )


def build_pending_edit(
    service: Service, *, by: User | None = None, at: datetime | None = None, **fields: Any
) -> PendingEdit:
    """An edit of this service that waits for a second look."""
    plain: dict[str, Any] = {"name": service.name, "before": {}, "after": {}}
    return PendingEdit.objects.create(
        model="resources.service",
        object_id=service.pk,
        made_by=by,
        received_at=at or timezone.now(),
        **{**plain, **fields},
    )


def extent_of(area: str) -> str:
    if area == "*":
        return Extent.WORLD
    if ":" in area:
        return Extent.POSTAL_CODE
    if "/" in area:
        return Extent.COUNTY
    return Extent.REGION if "-" in area else Extent.COUNTRY


def build_service(
    name: str | None = None,
    *,
    kind: str = Kind.SUPPORT_GROUP,
    fit: str = Fit.SPECIALIST,
    status: str = Status.ACTIVE,
    organization: Organization | None = None,
    at: Sequence[Location | tuple[float, float]] = (),
    areas: Iterable[str] = (),
    cost: str | None = None,
    price: float | None = None,
    price_max: float | None = None,
    currency: str = "USD",
    unit: str = CostUnit.SESSION,
    joining_fee: float | None = None,
    accessible: Iterable[str] = (),
    languages: Iterable[str] = (),
    audiences: Iterable[str] = (),
    phone: str = "214-555-0100",
    topics: Iterable[TaxonomyTerm] = (),
    schedules: Iterable[dict[str, Any]] = (),
    refresh: bool = True,
    **fields: Any,
) -> Service:
    """A service with its child rows: `at` gives places or points, `areas` the keys of the areas it serves.

    `schedules` are the columns of each, in America/Chicago where they name no zone. `accessible` are the
    features of every one of its places; `price` to `price_max` is for one `unit`.
    """
    service = Service.objects.create(
        name=name or f"Gentle group {next(_numbers)}",
        kind=kind,
        fit=fit,
        status=status,
        organization=organization or build_organization(),
        **fields,
    )
    for place in at:
        _build_at(service, place, accessible)
    for area in areas:
        ServiceArea.objects.create(service=service, name=area, area=area, extent=extent_of(area))
    stated = {"currency": currency, "unit": unit} if price else {}
    if cost:
        build_cost(service, cost, price, price_max, **stated)
    if joining_fee:
        once = CostUnit.ONCE
        build_cost(service, Cost.FIXED, joining_fee, currency=currency, unit=once, is_joining_fee=True)
    _build_people(service, languages, audiences)
    if phone:
        Phone.objects.create(service=service, number=phone, country="US", international="+12145550100")
    for schedule in schedules:
        Schedule.objects.create(service=service, **{"timezone": "America/Chicago", **schedule})
    service.topics.set(topics)
    if refresh:
        refresh_listings([service.pk], at=timezone.now())
    return service


def build_withdrawn_service(name: str | None = None, **fields: Any) -> Service:
    """A service that visitors were shown, and are not any more."""
    service = build_service(name, **fields)
    publishing.withdraw(services=[service], reason="Closed.", by=None, at=timezone.now())
    return service


def build_services(names: Iterable[str], **fields: Any) -> list[Service]:
    """One service of each name, as `build_service` builds it; all their listings are written at once."""
    services = [build_service(name, refresh=False, **fields) for name in names]
    refresh_listings([service.pk for service in services], at=timezone.now())
    return services


def _build_people(service: Service, languages: Iterable[str], audiences: Iterable[str]) -> None:
    for code in languages:
        Language.objects.create(service=service, code=code)
    for audience in audiences:
        ServiceAudience.objects.create(service=service, audience=audience)


def _build_at(service: Service, place: Location | tuple[float, float], accessible: Iterable[str]) -> None:
    location = place if isinstance(place, Location) else build_location(place)
    ServiceAtLocation.objects.create(service=service, location=location)
    for feature in accessible:
        Accessibility.objects.create(location=location, feature=feature, description=feature)
