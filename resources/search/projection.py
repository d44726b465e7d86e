"""Builds listings from records: the only writer of the tables that every question reads.

A listing is always derived whole from its service and related rows, never patched. Each function that changes
a record calls `refresh_listings` for the services it affects, within its own transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import translation

from resources.events import log_event_on_commit
from resources.geo.cells import cell_of
from resources.geo.point import Point
from resources.geo.regions import region_name
from resources.models import (
    CatalogueWord,
    CostOption,
    Listing,
    ListingMeeting,
    ListingText,
    Location,
    Service,
    ServiceAtLocation,
)
from resources.models.batches import batches, seldom_collecting_garbage
from resources.models.rows import insert_rows, made_row, next_ids
from resources.presentation.cards import card_of
from resources.presentation.service_data import ServiceData, load_published, visitors_day
from resources.search.backends import text_index
from resources.search.backends.base import COLUMNS
from resources.search.common_words import packed_words
from resources.search.contacts import email_tokens, phone_tokens, website_tokens
from resources.search.meetings import FRESH_FOR, expand_meetings
from resources.search.packing import NAN, NO_CELL, NO_PRICE, ListingFacts, sort_key
from resources.search.standing import cautions_of, focus_of, on_request, part_of, section_of
from resources.search.tokens import ListingTokens, fold
from resources.search.version import last_rebuild, record_change, record_rebuild
from resources.vocabulary import (
    COUNTRIES,
    AccessFeature,
    Audience,
    Caution,
    ContentNote,
    Cost,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    Payment,
    Vocabulary,
    country_bit,
    language_bit,
)
from resources.wording import country_name, language_name

RESOURCES = Path(__file__).resolve().parent.parent
# Packages above this one decide nothing about a listing. Any other file may, so none has to be listed.
ABOVE_SEARCH = ("admin", "curation", "exchange", "http", "management", "pages", "templatetags")
SOURCE_SUFFIXES = (".py", ".txt", ".csv")
WORLD = "*"
_FAITH = "faith based"
BATCH = 500  # services at a time: fewer cost more queries, more cost memory
# Bit masks of the service that the listing copies unchanged.
MASK_FIELDS = ("formats", "losses", "led_by", "access", "payments", "content_notes", "content_clear")


def refresh_listings(service_ids: Iterable[UUID], *, at: datetime) -> int:
    """Rebuild the listings of these services. Return how many they have now.

    `at` is the current time: meetings are expanded from then on, and prices valid then count.
    """
    ids, touched, written = list(service_ids), dict[int, UUID](), 0
    with transaction.atomic():
        words = ListingTokens()
        for batch in batches(ids, BATCH):
            old, new = _refresh(batch, at, words)
            touched |= {**old, **new}
            written += len(new)
        _write_words(words)
        if ids:
            record_change(set(touched.values()), touched)
    return written


def rebuild_listings(*, at: datetime, progress: Callable[[int, int], None] | None = None) -> int:
    """Rebuild every listing in one transaction. Calls `progress(services done, services in all)`."""
    with transaction.atomic(), seldom_collecting_garbage():
        _delete_all()
        ids = list(Service.objects.published().order_by("pk").values_list("pk", flat=True))
        words, written = ListingTokens(), 0
        for done, batch in enumerate(batches(ids, BATCH), start=1):
            written += len(_refresh(batch, at, words)[1])
            if progress:
                progress(min(done * BATCH, len(ids)), len(ids))
        _write_words(words)
        record_made_listings(at=at)
        log_event_on_commit("rebuild", services=len(ids), listings=written)
    return written


def _delete_all() -> None:
    """Delete every listing; the dependent rows first: then nothing has to be read to be deleted."""
    with connection.cursor() as cursor:
        for statement in text_index().clear():
            cursor.execute(statement)
    for model in (ListingMeeting, Listing, CatalogueWord):
        model._base_manager.all()._raw_delete(connection.alias)


def record_made_listings(*, at: datetime) -> None:
    """Record that every existing listing was built by the current code at `at`."""
    record_rebuild(projection_digest(), made_date=visitors_day(at))


def is_outdated(at: datetime) -> bool:
    """True if all listings need to be rebuilt.

    They were built by other code or data, FRESH_FOR ago or longer, or a price started or ended since.
    """
    made = last_rebuild()
    if made is None or made.projection_digest != projection_digest() or made.made_date is None:
        return True
    today = visitors_day(at)
    return (
        today - made.made_date >= FRESH_FOR
        or CostOption.objects.changing_between(made.made_date, today).exists()
    )


@cache
def projection_digest() -> str:
    """Return a digest of all code and tables from which a listing may be built, and of the site's language.

    More than what decides it today: a change to any of these files rebuilds every listing when the program is
    next started (some ten seconds for the catalog that ships), so that no list of files can be wrong.
    """
    digest = hashlib.sha256(settings.LANGUAGE_CODE.encode())
    for path in sorted(RESOURCES.rglob("*")):
        if path.suffix in SOURCE_SUFFIXES and path.relative_to(RESOURCES).parts[0] not in ABOVE_SEARCH:
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Draft:
    """An unsaved listing: its row and the related rows."""

    row: Listing
    text: ListingText
    meetings: Sequence[ListingMeeting]


def draft_listings(data: ServiceData, words: ListingTokens, at: datetime) -> Iterator[Draft]:
    """Yield one listing per place of the service, or one without a place.

    Only the first carries the service areas, so that a remote search finds the service once.
    """
    served = [area.area for area in data.areas]
    for number, place in enumerate(data.places or [None]):
        areas = served if number == 0 else []
        text = text_of(data, place, words)
        yield Draft(
            row=_row(data, place, areas, text),
            text=text,
            meetings=list(expand_meetings(data.service.kind, text.card["schedules"], at)),
        )


def text_of(data: ServiceData, place: ServiceAtLocation | None, words: ListingTokens) -> ListingText:
    """Return the unsaved text row of the service at this place; `words` collects the words it contains."""
    service, organization = data.service, data.organization
    card = card_of(data, place)
    return made_row(
        ListingText,
        card=card,
        name_exact=fold(service.name)[:255],
        organization_exact=fold(organization.name)[:255],
        name_words=words.column(service.name, service.alternate_name),
        term_words=words.column(
            *_labels(Kind, (service.kind,)),
            *_labels(Loss, service.losses),
            *(topic.name for topic in data.topics),
            *_labels(Audience, (row.audience for row in data.audiences)),
        ),
        organization_words=words.column(organization.name, organization.alternate_name),
        text_words=words.column(
            service.description,
            service.eligibility_description,
            service.fees_description,
            service.application_process,
            *_labels(Cost, (kind for kind in data.price.kinds if kind != Cost.UNKNOWN)),
            *_labels(Format, service.formats),
            *_labels(LedBy, service.led_by),
            *_labels(Payment, service.payments),
            *(area.name for area in data.areas),
            *(_place_names(place.location) if place else ()),
            *(language_name(language.code) for language in data.languages),
            *_labels(AccessFeature, data.access_features.get(place.location_id, ()) if place else ()),
            *((_FAITH,) if ContentNote.FAITH_BASED in service.content_notes else ()),
            contacts=_contact_tokens(data, card),
        ),
    )


def _contact_tokens(data: ServiceData, card: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a search for a web address, an e-mail address or a phone number looks for."""
    for url in (data.website, data.organization.website):
        yield from website_tokens(url or "")
    yield from email_tokens(data.email)
    yield from phone_tokens(
        (phone["href"] or phone["number"]).rpartition(":")[2].partition(";")[0] for phone in card["phones"]
    )


def _labels(vocabulary: type[Vocabulary], codes: Iterable[str]) -> Iterator[str]:
    labels = _all_labels(vocabulary, settings.LANGUAGE_CODE)
    return (labels[code] for code in codes)


@cache
def _all_labels(vocabulary: type[Vocabulary], language: str) -> Mapping[str, str]:
    """Return the labels in a language: translating them for each listing took a tenth of the time."""
    with translation.override(language):
        return {member: str(member.label) for member in vocabulary}


def _place_names(location: Location) -> tuple[str, ...]:
    region = region_name(location.country, location.region)
    return location.name, location.city, region, country_name(location.country)


def _refresh(
    batch: list[UUID], at: datetime, words: ListingTokens
) -> tuple[dict[int, UUID], dict[int, UUID]]:
    """Rebuild the listings of these services. Return the public ids of the old and of the new, by row.

    Labels are indexed in the site's language, whatever language the person who saved a service reads.
    """
    if connection.features.has_select_for_update:
        # One writer of a service at a time: another's listings would be removed without being named.
        services = Service.objects.order_by("pk").filter(pk__in=batch)
        list(services.select_for_update(no_key=True).values_list("pk"))
    with translation.override(settings.LANGUAGE_CODE):
        drafts = [draft for data in load_published(batch, at=at) for draft in draft_listings(data, words, at)]
    # Also by public id: a place may have belonged to another service until now.
    moved = Q(public_id__in=[draft.row.public_id for draft in drafts])
    old = Listing.objects.filter(Q(service_id__in=batch) | moved)
    old_ids = dict(old.values_list("pk", "public_id"))
    if old_ids:
        old.delete()
    _write(drafts)
    return old_ids, {draft.row.pk: draft.row.public_id for draft in drafts}


def _write_words(words: ListingTokens) -> None:
    CatalogueWord.objects.bulk_create(map(CatalogueWord, words.word_list()), ignore_conflicts=True)


def _write(drafts: Sequence[Draft]) -> None:
    for pk, draft in zip(next_ids(Listing, len(drafts)), drafts, strict=True):
        draft.row.pk = draft.text.listing_id = pk
        for meeting in draft.meetings:
            meeting.listing_id = pk
    _insert(Listing, [draft.row for draft in drafts])
    _insert(ListingText, [draft.text for draft in drafts])
    _insert(ListingMeeting, [row for draft in drafts for row in draft.meetings], leave_out="id")


def _insert(model: type[Model], rows: Sequence[Model], *, leave_out: str = "") -> None:
    names = [field.attname for field in model._meta.concrete_fields if field.attname != leave_out]
    insert_rows(model, names, ([row.__dict__[name] for name in names] for row in rows))


def _row(
    data: ServiceData, place: ServiceAtLocation | None, areas: Sequence[str], text: ListingText
) -> Listing:
    service, public_id = data.service, place.pk if place else data.service.pk
    words = packed_words([getattr(text, column) for column in COLUMNS])
    facts = _facts(data, place, areas, words)
    return made_row(
        Listing,
        public_id=public_id,
        service_id=service.pk,
        service_at_location_id=place.pk if place else None,
        organization_id=service.organization_id,
        sort_key=sort_key(
            service.assured_date.toordinal() if service.assured_date else 0,
            facts.kind,
            fold(service.name)[:255],
            public_id,
        ),
        facts=facts.pack(),
        country=data.country_at(place),
        place=_region_key(place),
        areas="\n".join(areas),
        prices="\n".join(
            f"{currency} {hundredths}" for currency, hundredths in data.price.other_hundredths.items()
        ),
    )


def _facts(
    data: ServiceData, place: ServiceAtLocation | None, areas: Sequence[str], words: bytes
) -> ListingFacts:
    service, price = data.service, data.price
    kind, fit = Kind(service.kind), Fit(service.fit)
    cell, (x, y, z) = _point_facts(place)
    return ListingFacts(
        kind=kind.number,
        fit=fit.number,
        section=section_of(kind, fit, is_here=False).number,
        section_here=section_of(kind, fit, is_here=True).number,
        part=part_of(kind, fit, price.kinds),
        on_request=on_request(data).number,
        focus=focus_of(data),
        cost=price.mask,
        audiences=Audience.mask(row.audience for row in data.audiences),
        languages=sum({language_bit(language.code) for language in data.languages}),
        cautions=Caution.mask(cautions_of(data)),
        countries=_countries(place, areas),
        accessibility=AccessFeature.mask(data.access_features.get(place.location_id, ()) if place else ()),
        service=service.pk,
        has_siblings=len(data.places) > 1,
        min_price=NO_PRICE if price.span.hundredths is None else price.span.hundredths,
        currency=price.span.currency,
        cell=cell,
        x=x,
        y=y,
        z=z,
        words=words,
        **{field: sum(code.bit for code in getattr(service, field)) for field in MASK_FIELDS},
    )


def _point_facts(place: ServiceAtLocation | None) -> tuple[int, tuple[float, float, float]]:
    """Return the cell and the unit vector of the place's point, if it has one."""
    location = place.location if place else None
    if location is None or location.latitude is None or location.longitude is None:
        return NO_CELL, (NAN, NAN, NAN)
    point = Point(location.latitude, location.longitude)
    return cell_of(point), point.unit_vector()


def _region_key(place: ServiceAtLocation | None) -> str:
    """Return the region of a place, such as "US-TX"; "US-" if only the country is known."""
    return f"{place.location.country}-{place.location.region}" if place and place.location.country else ""


def _countries(place: ServiceAtLocation | None, areas: Iterable[str]) -> int:
    """Return the countries it is in or serves as a bit mask; serving the world sets every bit."""
    served = {area[:2] for area in areas}
    if WORLD in served:
        served |= set(COUNTRIES)
    return sum({country_bit(country) for country in served | {place.location.country if place else ""}})
