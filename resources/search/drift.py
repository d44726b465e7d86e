"""Checks that stored listings match their records: each is built again and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from resources.models import (
    CatalogueWord,
    Listing,
    ListingMeeting,
    ListingText,
    Service,
)
from resources.models.batches import batches
from resources.presentation.service_data import load_published
from resources.search.meetings import MEETINGS_KNOWN_FOR
from resources.search.projection import BATCH, Draft, draft_listings
from resources.search.tokens import ListingTokens

OWN_TO_THE_TABLE = {"id", "listing"}


@dataclass(frozen=True)
class Drift:
    """A service whose listings differ from its records; `differences` are column names, or sentences."""

    service: UUID
    differences: tuple[str, ...]


def find_drift(at: datetime) -> Iterator[Drift]:
    """Yield every service that has drifted by the time `at`. Reads everything that is published."""
    published = Service.objects.published().values_list("pk", flat=True)
    listed = Listing.objects.values_list("service_id", flat=True)
    for batch in batches(sorted({*published, *listed}), BATCH):
        yield from _drift_in(batch, at)


def _drift_in(batch: Sequence[UUID], at: datetime) -> Iterator[Drift]:
    words = ListingTokens()
    drafts = {
        draft.row.public_id: draft
        for data in load_published(batch, at=at)
        for draft in draft_listings(data, words, at)
    }
    stored = _stored_listings(batch, at)
    differences: dict[UUID, set[str]] = {}
    for public_id in {*drafts, *stored}:
        service, different = _compare(drafts.get(public_id), stored.get(public_id), at)
        if different:
            differences.setdefault(service, set()).update(different)
    yield from (Drift(service, tuple(sorted(columns))) for service, columns in sorted(differences.items()))
    if missing := set(words.word_list()) - _known(words.word_list()):
        yield Drift(
            batch[0], (f"words not indexed, of it or its neighbors: {', '.join(sorted(missing)[:5])}",)
        )


@dataclass(frozen=True)
class StoredListing:
    """One listing as stored, with those of its meetings that a question may still reach."""

    row: Listing
    text: ListingText | None
    meetings: set[tuple[Any, ...]]


def _stored_listings(batch: Sequence[UUID], at: datetime) -> dict[UUID, StoredListing]:
    rows = {row.pk: row for row in Listing.objects.filter(service__in=batch)}
    texts = {text.pk: text for text in ListingText.objects.filter(listing__in=rows)}
    meetings = _by_listing(ListingMeeting.objects.filter(listing__in=rows))
    return {
        row.public_id: StoredListing(
            row=row,
            text=texts.get(pk),
            meetings=_comparable_meetings(meetings[pk], at),
        )
        for pk, row in rows.items()
    }


def _by_listing(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.listing_id].append(row)
    return grouped


def _comparable_meetings(meetings: Iterable[ListingMeeting], at: datetime) -> set[tuple[Any, ...]]:
    """Return the upcoming meetings that were in range when the listing was built, maybe some time ago."""
    until = at + MEETINGS_KNOWN_FOR
    return {_values(meeting) for meeting in meetings if meeting.over_at > at and meeting.starts_at < until}


def _values(row: Model) -> tuple[Any, ...]:
    names = sorted(field.attname for field in row._meta.concrete_fields if field.name not in OWN_TO_THE_TABLE)
    return tuple(str(getattr(row, name)) for name in names)


def _compare(draft: Draft | None, stored: StoredListing | None, at: datetime) -> tuple[UUID, set[str]]:
    if draft is None or stored is None:
        row: Any = draft.row if draft else stored.row if stored else None
        return row.service_id, {"a listing is missing" if draft else "a listing is left over"}
    different = _different_columns(draft.row, stored.row)
    different |= _different_columns(draft.text, stored.text) if stored.text else {"the text is missing"}
    if _comparable_meetings(draft.meetings, at) != stored.meetings:
        different.add("meetings")
    return draft.row.service_id, different


def _different_columns(drafted: Model, stored: Model) -> set[str]:
    names: Iterable[str] = (
        field.attname for field in drafted._meta.concrete_fields if field.name not in OWN_TO_THE_TABLE
    )
    return {name for name in names if _comparable(drafted, name) != _comparable(stored, name)}


def _comparable(row: Model, name: str) -> Any:
    """Return a value of a column, packed bytes in the one type that both databases have."""
    value = getattr(row, name)
    return bytes(value) if isinstance(value, memoryview) else value


def _known(words: Sequence[str]) -> set[str]:
    return set(CatalogueWord.objects.filter(word__in=words).values_list("word", flat=True))
