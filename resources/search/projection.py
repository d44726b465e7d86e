"""From records to listings: the only writer of the tables that every question reads.

A listing is derived whole from its service and what hangs on it, never patched. Each verb that changes a
record calls `refresh_listings` for the services it touched, inside its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from resources.geo.cells import cell2_of, cell_of
from resources.geo.point import Point
from resources.models import CostOption, Listing, ListingArea, ListingText, Phone, Service, ServiceAtLocation
from resources.search.facets import kind_number
from resources.search.question import section_number
from resources.search.words import fold, stems
from resources.vocabulary import (
    Audience,
    Cost,
    CostUnit,
    Extent,
    Fit,
    Kind,
    Loss,
    PhoneType,
    Section,
    language_bit,
)
from resources.wording import country_name, language_name

BATCH = 200  # services at a time: short enough to stand beside live traffic
SUMMARY_LENGTH = 240
PER_SESSION = ("", CostUnit.SESSION, CostUnit.VISIT)
NOBODY_PAYS = (Cost.FREE, Cost.DONATION)


def refresh_listings(service_ids: Iterable[UUID]) -> int:
    """Makes the listings of these services true again; returns how many there are now."""
    written = 0
    with transaction.atomic():
        for batch in _batches(service_ids):
            Listing.objects.filter(service_id__in=batch).delete()
            services = Service.objects.published().with_everything().filter(pk__in=batch)
            written += _write([drafted for service in services for drafted in draft_listings(service)])
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


class Draft:
    """One listing before it is written: its row, the areas it serves and its long text."""

    def __init__(self, row: Listing, areas: Sequence[str], text: ListingText) -> None:
        self.row, self.areas, self.text = row, areas, text


def draft_listings(service: Service) -> Iterator[Draft]:
    """What a published service looks like to a visitor: once for each place, or once with no place.

    Only the first carries the areas served from afar, where the service is to be met once.
    """
    places: list[ServiceAtLocation | None] = list(service.service_at_locations.all()) or [None]
    areas = [area.area for area in service.service_areas.all()]
    for number, place in enumerate(places):
        yield Draft(_row(service, place), areas if number == 0 else (), _text(service, place))


def _write(drafts: Sequence[Draft]) -> int:
    rows = Listing.objects.bulk_create([draft.row for draft in drafts])
    for row, draft in zip(rows, drafts, strict=True):
        draft.text.listing_id = row.pk
    ListingText.objects.bulk_create([draft.text for draft in drafts])
    ListingArea.objects.bulk_create(
        [ListingArea(listing_id=draft.row.pk, area=area) for draft in drafts for area in draft.areas]
    )
    return len(rows)


def _row(service: Service, place: ServiceAtLocation | None) -> Listing:
    section = section_of(service.kind, service.fit)
    audiences = Audience.mask(row.audience for row in service.audiences.all())
    price = SessionPrice(service.cost_options.all())
    row = Listing(
        public_id=place.pk if place else service.pk,
        service=service,
        service_at_location=place,
        organization_id=service.organization_id,
        kind=kind_number(service.kind),
        fit=list(Fit).index(Fit(service.fit)),
        section=section_number(section),
        on_request=is_on_request(service),
        cost=price.mask,
        formats=_mask_of(service, "formats"),
        losses=_mask_of(service, "losses"),
        audiences=audiences,
        led_by=_mask_of(service, "led_by"),
        access=_mask_of(service, "access"),
        payments=_mask_of(service, "payments"),
        languages=sum({language_bit(language.code) for language in service.languages.all()}),
        content_notes=_mask_of(service, "content_notes"),
        content_clear=_mask_of(service, "content_clear"),
        min_price=price.hundredths,
        currency=price.currency,
        country=_country(service, place),
        assured_on=service.assured_date.toordinal() if service.assured_date else 0,
        name_key=fold(service.name)[:255],
    )
    row.rank = row.section * 10 + row.fit
    _put_point(row, place)
    return row


def _mask_of(service: Service, field: str) -> int:
    codes = getattr(service, field)
    return type(codes[0]).mask(codes) if codes else 0


def _put_point(row: Listing, place: ServiceAtLocation | None) -> None:
    location = place.location if place else None
    if location is None or location.latitude is None or location.longitude is None:
        return
    point = Point(location.latitude, location.longitude)
    row.cell, row.cell2 = cell_of(point), cell2_of(point)
    row.x, row.y, row.z = point.unit_vector()


def _country(service: Service, place: ServiceAtLocation | None) -> str:
    if place and place.location.country:
        return place.location.country
    countries = {area.area[:2] for area in service.service_areas.all() if area.extent != Extent.WORLD}
    return min(countries, default="")


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


def is_on_request(service: Service) -> bool:
    """Crisis lines, help after abortion alone, and help for health workers alone: only when asked for."""
    losses = set(service.losses)
    audiences = {row.audience for row in service.audiences.all()}
    return (
        service.kind == Kind.CRISIS_LINE
        or (Loss.ABORTION in losses and losses <= {Loss.ABORTION, Loss.TFMR})
        or audiences == {Audience.PROFESSIONALS}
    )


class SessionPrice:
    """What the price rows say together: kinds of cost, and the lowest and highest stated price of a session.

    Joining fees stand apart. Rows in a second currency are not mixed in: the first row's currency is said.
    Insurance is no price. "Unknown" is said only where nothing else is.
    """

    def __init__(self, options: Iterable[CostOption]) -> None:
        options = list(options)
        self.joining = next((option for option in options if option.is_joining_fee), None)
        use = [option for option in options if not option.is_joining_fee]
        self.kinds = [kind for kind in Cost if any(option.kind == kind for option in use)]
        if len(self.kinds) > 1 and Cost.UNKNOWN in self.kinds:
            self.kinds.remove(Cost.UNKNOWN)
        self.kinds = self.kinds or [Cost.UNKNOWN]
        self.mask = Cost.mask(self.kinds)
        priced = [option for option in use if option.kind != Cost.INSURANCE and option.unit in PER_SESSION]
        self.currency = next((option.currency for option in priced if option.amount and option.currency), "")
        stated = [option for option in priced if option.amount is not None]
        same = [option for option in stated if option.currency in ("", self.currency) or not option.amount]
        nobody_pays = any(option.kind in NOBODY_PAYS for option in use)
        lows = [option.amount for option in same if option.amount is not None] + [Decimal(0)] * nobody_pays
        self.low: Decimal | None = min(lows, default=None)
        highs = [option.amount if option.amount_max is None else option.amount_max for option in same]
        open_ended = any(option.amount_max is None and option.kind == Cost.SLIDING_SCALE for option in same)
        self.high: Decimal | None = (
            None if open_ended else max((high for high in highs if high is not None), default=self.low)
        )
        self.unit = next((option.unit for option in priced if option.unit), "")
        self.hundredths = None if self.low is None else int(self.low * 100)

    def card(self) -> dict[str, Any]:
        fee = self.joining
        return {
            "kinds": [str(kind) for kind in self.kinds],
            "min_price": _number(self.low),
            "max_price": _number(self.high),
            "currency": self.currency or None,
            "unit": self.unit or None,
            "joining_fee": fee and {"amount": _number(fee.amount), "currency": fee.currency or None},
        }


def _number(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)


def _text(service: Service, place: ServiceAtLocation | None) -> ListingText:
    return ListingText(
        card=card_of(service, place),
        name_exact=fold(service.name)[:255],
        name_words=_words(service.name, service.alternate_name),
        term_words=_words(
            Kind(service.kind).label,
            *(loss.label for loss in service.losses),
            *(topic.name for topic in service.topics.all()),
            *(Audience(row.audience).label for row in service.audiences.all()),
        ),
        organization_words=_words(service.organization.name, service.organization.alternate_name),
        text_words=_words(
            service.description,
            service.eligibility_description,
            service.fees_description,
            service.application_process,
            *(area.name for area in service.service_areas.all()),
            *_place_names(place),
            *(language_name(language.code) for language in service.languages.all()),
        ),
    )


def _words(*texts: Any) -> str:
    return " ".join(word for text in texts if text for word in stems(str(text)))


def _place_names(place: ServiceAtLocation | None) -> tuple[str, ...]:
    return (place.location.name, place.location.city) if place else ()


def card_of(service: Service, place: ServiceAtLocation | None) -> dict[str, Any]:
    """The finished part of a result: facts that no place, date or language of the visitor changes."""
    organization = service.organization
    return {
        "id": str(place.pk if place else service.pk),
        "service": {"id": str(service.pk), "name": service.name},
        "organization": {
            "id": str(organization.pk),
            "name": organization.name,
            "operator_stated": organization.operator_stated,
        },
        "kind": service.kind,
        "fit": service.fit,
        "summary": _summary(service.description),
        "location": _location_card(place),
        "cost": SessionPrice(service.cost_options.all()).card(),
        "formats": list(map(str, service.formats)),
        "losses": list(map(str, service.losses)),
        "audiences": [row.audience for row in service.audiences.all()],
        "languages": [language.code for language in service.languages.all()],
        "phones": [phone_card(phone) for phone in phones_of(service, place)],
        "website": service.url or organization.website or None,
        "content_notes": list(map(str, service.content_notes)),
        "assured_date": service.assured_date.isoformat() if service.assured_date else None,
    }


def _summary(description: str) -> str | None:
    """The description, or as many of its words as fit."""
    text = " ".join(description.split())
    if len(text) <= SUMMARY_LENGTH:
        return text or None
    return text[:SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _location_card(place: ServiceAtLocation | None) -> dict[str, Any] | None:
    if place is None:
        return None
    location = place.location
    return {
        "id": str(location.pk),
        "name": location.name or None,
        "address": ", ".join(part for part in (location.address_1, location.address_2) if part) or None,
        "city": location.city or None,
        "region": location.region or None,
        "postal_code": location.postal_code or None,
        "country": location.country or None,
        "country_name": country_name(location.country) if location.country else None,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "precision": location.precision or None,
    }


def phones_of(service: Service, place: ServiceAtLocation | None) -> list[Phone]:
    """The numbers of the service here and everywhere; without any, those of its organization."""
    here = list(place.phones.all()) if place else []
    return [*here, *service.phones.all()] or list(service.organization.phones.all())


def phone_card(phone: Phone) -> dict[str, Any]:
    """A number as it is shown, and `href` as a telephone dials it."""
    dialled = phone.international or "".join(sign for sign in phone.number if sign in "+0123456789")
    scheme = "sms" if phone.type == PhoneType.SMS else "tel"
    extension = f";ext={phone.extension}" if phone.extension and scheme == "tel" else ""
    return {
        "number": phone.number,
        "extension": phone.extension or None,
        "type": phone.type,
        "href": f"{scheme}:{dialled}{extension}" if dialled else None,
        "description": phone.description or None,
    }


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    waiting = iter(ids)
    while batch := list(islice(waiting, BATCH)):
        yield batch
