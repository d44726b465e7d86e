"""Makes a catalog larger by copies of itself: a hundred thousand listings, or a million.

The records and listings of a copy have ids, names and points of their own. `copy_catalog` copies both.
`copy_listings` writes the tables of listings alone, whose rows then name the services that they were copied
from: nothing but a question can be asked of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from resources.geo.cells import cell_of
from resources.geo.point import Point, wrapped
from resources.models import (
    Accessibility,
    Contact,
    CostOption,
    Credential,
    Language,
    Listing,
    ListingMeeting,
    ListingText,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
)
from resources.models.analyze import analyze_tables
from resources.models.rows import insert_rows
from resources.search.backends import text_index
from resources.search.packing import NO_CELL, TAIL, TAIL_OFFSET
from resources.search.projection import record_made_listings

# Each after those that it points to.
COPIED: tuple[type[models.Model], ...] = (
    Organization,
    OrganizationIdentifier,
    Service,
    Service.topics.through,
    ServiceAudience,
    RequiredDocument,
    Credential,
    Location,
    Accessibility,
    ServiceAtLocation,
    ServiceArea,
    Contact,
    Phone,
    Language,
    CostOption,
    Schedule,
    SourceRecord,
)
COPIED_VERSION = 0xC  # of the id of a copy: no other id has it
NAME_LENGTH = 240  # of a name that a number is written behind
MEETINGS = 4  # of each listing: more are looked at by nobody who does not look by time
BATCH = 5_000
STEP = 10  # copies in one transaction


def copy_catalog(*, times: int, at: datetime) -> None:
    """Copy every record, and its listings, until the catalog is `times` as large."""
    with transaction.atomic():
        for model in COPIED:
            _copy_records(model, range(1, times))
        _copy_listings(range(1, times), with_records=True)
        record_made_listings(at=at)
    analyze_tables()


def copy_listings(*, times: int, at: datetime) -> None:
    """Copy every listing until there are `times` as many, so many at a time; words are indexed at the end."""
    with connection.cursor() as cursor:
        for statement in text_index().drop():
            cursor.execute(statement)
        for first in range(1, times, STEP):
            with transaction.atomic():
                _copy_listings(range(first, min(first + STEP, times)), with_records=False)
        for statement in text_index().create():
            cursor.execute(statement)
    record_made_listings(at=at)
    analyze_tables()


# ---- records, by SQL


def _copy_records(model: type[models.Model], copies: Iterable[int]) -> None:
    """Copy all rows of one model. Their ids begin with a number and have a version of their own."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_copied_column(model, field) for field in fields)
    numbers = ", ".join(f"('{copy:03x}', {copy}, {_shift(copy)[0]}, {_shift(copy)[1]})" for copy in copies)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH copies(prefix, number, north, east) AS (VALUES {numbers})"
            f' INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" AS old, copies'
        )


def _copied_column(model: type[models.Model], field: Any) -> str:
    column = f'old."{field.column}"'
    is_id = field.primary_key and isinstance(field, models.UUIDField)
    if is_id or (field.is_relation and field.related_model in COPIED):
        if connection.vendor == "postgresql":
            text = f"{column}::text"
            return f"(prefix || substr({text}, 4, 11) || 'c' || substr({text}, 16))::uuid"
        return f"prefix || substr({column}, 4, 9) || 'c' || substr({column}, 14)"
    if model in (Service, Organization) and field.column == "name":
        return f"substr({column}, 1, {NAME_LENGTH}) || ' ' || number"
    if field.column == "latitude":
        return f"{column} + north"
    if field.column == "longitude":
        return f"{column} + east"
    if model is SourceRecord and field.column == "key":
        return f"{column} || '~' || number"
    return column


def _shift(copy: int) -> tuple[float, float]:
    """How many degrees a copy stands away: another way and distance each, some miles."""
    angle, distance = copy * 2.399963, 0.02 + 0.0006 * copy
    return round(distance * math.cos(angle), 5), round(distance * math.sin(angle), 5)


# ---- listings, in Python: their facts are packed

LISTING = (
    *("id", "public_id", "service_id", "service_at_location_id", "organization_id"),
    *("sort_key", "facts", "country", "place", "areas", "prices"),
)
TEXT = (
    *("listing_id", "card", "name_exact", "organization_exact"),
    *("name_words", "term_words", "organization_words", "text_words"),
)
MEETING = (
    *("listing_id", "schedule_id", "starts_at", "ends_at", "over_at", "timezone", "day", "weekday", "minute"),
)


def _copy_listings(copies: Iterable[int], *, with_records: bool) -> None:
    rows = [row for row in Listing.objects.order_by("pk").values_list(*LISTING) if not _is_copy(row[1])]
    last = rows[-1][0]
    texts = {
        row[0]: row[1:] for row in ListingText.objects.filter(pk__lte=last).values_list(*TEXT).iterator(BATCH)
    }
    meetings = _first_meetings(last)
    following = Listing.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    following += 1
    for copy in copies:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            made = [
                _copied_listing(row, copy, following + number, with_records)
                for number, row in enumerate(batch)
            ]
            insert_rows(Listing, LISTING, made)
            insert_rows(
                ListingText,
                TEXT,
                [
                    (new[0], *_copied_text(texts[old[0]], copy, old if with_records else old[:2]))
                    for old, new in zip(batch, made, strict=True)
                ],
            )
            insert_rows(
                ListingMeeting,
                MEETING,
                [
                    (new[0], *meeting)
                    for old, new in zip(batch, made, strict=True)
                    for meeting in meetings.get(old[0], ())
                ],
            )
            following += len(batch)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('resources_listing', 'id'), %s)", [following]
            )


def _first_meetings(last: int) -> Mapping[int, Sequence[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    rows = ListingMeeting.objects.filter(listing__lte=last).order_by("starts_at").values_list(*MEETING)
    for pk, *meeting in rows.iterator(BATCH):
        of_listing = found.setdefault(pk, [])
        if len(of_listing) < MEETINGS:
            of_listing.append(tuple(meeting))
    return found


def _copied_id(found: UUID, copy: int) -> UUID:
    return UUID(bytes=_copied_bytes(found.bytes, copy))


def _is_copy(found: UUID) -> bool:
    return found.bytes[6] >> 4 == COPIED_VERSION


def _copied_bytes(found: bytes, copy: int) -> bytes:
    number, version = copy << 4 | found[1] & 15, COPIED_VERSION << 4 | found[6] & 15
    return number.to_bytes(2, "big") + found[2:6] + bytes((version,)) + found[7:]


def _copied_listing(row: tuple[Any, ...], copy: int, pk: int, with_records: bool) -> tuple[Any, ...]:
    _pk, public_id, service, at_location, organization, sort_key, facts, *rest = row
    made = _copied_id(public_id, copy)
    if with_records:
        service, organization = _copied_id(service, copy), _copied_id(organization, copy)
    of_place = _copied_id(at_location, copy) if at_location and with_records else None
    key = bytes(sort_key)[:-17] + f" {copy}".encode() + b"\0" + made.bytes
    return pk, made, service, of_place, organization, key, _copied_facts(bytes(facts), copy), *rest


def _copied_facts(facts: bytes, copy: int) -> bytes:
    service, has_siblings, price, currency, cell, x, y, z = TAIL.unpack_from(facts, TAIL_OFFSET)
    if cell != NO_CELL:
        north, east = _shift(copy)
        latitude = max(-89.0, min(89.0, math.degrees(math.asin(z)) + north))
        point = Point(latitude, wrapped(math.degrees(math.atan2(y, x)) + east))
        cell, (x, y, z) = cell_of(point), point.unit_vector()
    service = _copied_bytes(service, copy)
    tail = TAIL.pack(service, has_siblings, price, currency, cell, x, y, z)
    return facts[:TAIL_OFFSET] + tail + facts[TAIL_OFFSET + TAIL.size :]


def _copied_text(row: Sequence[Any], copy: int, ids: Iterable[Any]) -> Iterator[Any]:
    card, name, organization, name_words, *words = row
    text = json.dumps(card)
    for found in ids:
        if isinstance(found, UUID):
            text = text.replace(str(found), str(_copied_id(found, copy)))
    yield from (text, f"{name[:NAME_LENGTH]} {copy}", organization, f"{name_words} {copy}", *words)
