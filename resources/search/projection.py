"""From records to listings: the only writer of the tables that every question reads.

A listing is derived whole from its service and what hangs on it, never patched. Each verb that changes a
record calls `refresh_listings` for the services it touched, inside its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from resources.geo.cells import cell2_of, cell_of
from resources.geo.point import Point
from resources.models import Listing, ListingArea, ListingText, Service, ServiceAtLocation
from resources.search.cards import text_of
from resources.search.facts import Facts, gather_facts
from resources.search.words import fold
from resources.vocabulary import Audience, Extent, Fit, Kind, Loss, Section, language_bit

BATCH = 200  # services at a time: short enough to stand beside live traffic
# The service's own masks, which the listing copies as they stand.
MASKS = ("formats", "losses", "led_by", "access", "payments", "content_notes", "content_clear")


def refresh_listings(service_ids: Iterable[UUID]) -> int:
    """Makes the listings of these services true again; returns how many there are now."""
    written = 0
    with transaction.atomic():
        for batch in _batches(service_ids):
            drafts = [draft for facts in gather_facts(batch) for draft in draft_listings(facts)]
            # By public id too: a place may have belonged to another service until now.
            moved = Q(public_id__in=[draft.row.public_id for draft in drafts])
            Listing.objects.filter(Q(service_id__in=batch) | moved).delete()
            written += _write(drafts)
    return written


def rebuild_listings(progress: Callable[[int, int], None] | None = None) -> int:
    """Makes every listing anew, in one transaction; `progress` hears (services done, services in all)."""
    with transaction.atomic():
        Listing.objects.all().delete()
        ids = list(Service.objects.published().order_by("pk").values_list("pk", flat=True))
        written = 0
        for done, batch in enumerate(_batches(ids), start=1):
            written += refresh_listings(batch)
            if progress:
                progress(min(done * BATCH, len(ids)), len(ids))
    return written


@dataclass(frozen=True)
class Draft:
    """One listing before it is written: its row, the areas it serves and its long text."""

    row: Listing
    areas: Sequence[str]
    text: ListingText


def draft_listings(facts: Facts) -> Iterator[Draft]:
    """What a published service looks like to a visitor: once for each place, or once with no place.

    Only the first carries the areas served from afar, where the service is to be met once.
    """
    areas = [area.area for area in facts.areas]
    for number, place in enumerate(facts.places or [None]):
        yield Draft(_row(facts, place), areas if number == 0 else (), text_of(facts, place))


def _write(drafts: Sequence[Draft]) -> int:
    rows = Listing.objects.bulk_create([draft.row for draft in drafts])
    for row, draft in zip(rows, drafts, strict=True):
        draft.text.listing_id = row.pk
    ListingText.objects.bulk_create([draft.text for draft in drafts])
    ListingArea.objects.bulk_create(
        [ListingArea(listing_id=draft.row.pk, area=area) for draft in drafts for area in draft.areas]
    )
    return len(rows)


def _row(facts: Facts, place: ServiceAtLocation | None) -> Listing:
    service, price = facts.service, facts.price
    section, fit = section_of(service.kind, service.fit), Fit(service.fit)
    row = Listing(
        public_id=place.pk if place else service.pk,
        service=service,
        service_at_location=place,
        organization_id=service.organization_id,
        kind=Kind(service.kind).number,
        fit=fit.number,
        section=section.number,
        on_request=is_on_request(facts),
        cost=price.mask,
        audiences=Audience.mask(row.audience for row in facts.audiences),
        languages=sum({language_bit(language.code) for language in facts.languages}),
        min_price=price.hundredths,
        currency=price.currency,
        country=_country(facts, place),
        assured_on=service.assured_date.toordinal() if service.assured_date else 0,
        name_key=fold(service.name)[:255],
        rank=section.number * 10 + fit.number,
        **{field: sum(code.bit for code in getattr(service, field)) for field in MASKS},
    )
    _put_point(row, place)
    return row


def _put_point(row: Listing, place: ServiceAtLocation | None) -> None:
    location = place.location if place else None
    if location is None or location.latitude is None or location.longitude is None:
        return
    point = Point(location.latitude, location.longitude)
    row.cell, row.cell2 = cell_of(point), cell2_of(point)
    row.x, row.y, row.z = point.unit_vector()


def _country(facts: Facts, place: ServiceAtLocation | None) -> str:
    if place and place.location.country:
        return place.location.country
    return min((area.area[:2] for area in facts.areas if area.extent != Extent.WORLD), default="")


def section_of(kind: str, fit: str) -> Section:
    """The part of the page a listing belongs to when it is not near."""
    if kind in (Kind.DIRECTORY, Kind.INFORMATION):
        return Section.LOOK_FURTHER
    if fit != Fit.GENERAL:
        return Section.SERVES_YOU
    if kind == Kind.CLINIC:
        return Section.GENERAL_CLINICS
    if kind in (Kind.COUNSELLING, Kind.FINANCIAL_HELP):
        return Section.LOWER_COST_COUNSELLING
    return Section.LOOK_FURTHER


def is_on_request(facts: Facts) -> bool:
    """Crisis lines, help after abortion alone, and help for health workers alone: only when asked for."""
    losses = set(facts.service.losses)
    return (
        facts.service.kind == Kind.CRISIS_LINE
        or (Loss.ABORTION in losses and losses <= {Loss.ABORTION, Loss.TFMR})
        or {row.audience for row in facts.audiences} == {Audience.PROFESSIONALS}
    )


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    waiting = iter(ids)
    while batch := list(islice(waiting, BATCH)):
        yield batch
