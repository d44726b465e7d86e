"""Whether listings are what their records say: each is drafted anew and laid beside the one that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from resources.models import CatalogueWord, Listing, ListingArea, ListingText, Service
from resources.search.facts import gather_facts
from resources.search.projection import Draft, batches, draft_listings
from resources.search.words import Words

OWN_TO_THE_TABLE = {"id", "listing"}


@dataclass(frozen=True)
class Drift:
    """A service whose listings are not what its records say, and in what: columns, or a sentence."""

    service: UUID
    what: tuple[str, ...]


def find_drift() -> Iterator[Drift]:
    """Every service that has drifted. Reads all that is published, some hundred services at a time."""
    published = Service.objects.published().values_list("pk", flat=True)
    listed = Listing.objects.values_list("service_id", flat=True)
    for batch in batches(sorted({*published, *listed})):
        yield from _drift_in(batch)


def _drift_in(batch: Sequence[UUID]) -> Iterator[Drift]:
    words = Words()
    drafts = {
        draft.row.public_id: draft for facts in gather_facts(batch) for draft in draft_listings(facts, words)
    }
    kept = _kept(batch)
    found: dict[UUID, set[str]] = {}
    for public_id in {*drafts, *kept}:
        service, different = _compare(drafts.get(public_id), kept.get(public_id))
        if different:
            found.setdefault(service, set()).update(different)
    yield from (Drift(service, tuple(sorted(what))) for service, what in sorted(found.items()))
    if missing := set(words.kept()) - _known(words.kept()):
        yield Drift(batch[0], (f"words not kept, of it or its neighbours: {', '.join(sorted(missing)[:5])}",))


Kept = tuple[Listing, ListingText | None, set[str]]


def _kept(batch: Sequence[UUID]) -> dict[UUID, Kept]:
    rows = {row.pk: row for row in Listing.objects.filter(service__in=batch)}
    texts = {text.pk: text for text in ListingText.objects.filter(listing__in=rows)}
    areas: dict[int, set[str]] = {}
    for listing, area in ListingArea.objects.filter(listing__in=rows).values_list("listing_id", "area"):
        areas.setdefault(listing, set()).add(area)
    return {row.public_id: (row, texts.get(pk), areas.get(pk, set())) for pk, row in rows.items()}


def _compare(draft: Draft | None, kept: Kept | None) -> tuple[UUID, set[str]]:
    if draft is None or kept is None:
        one: Any = draft.row if draft else kept[0] if kept else None
        return one.service_id, {"a listing is missing" if draft else "a listing is left over"}
    row, text, areas = kept
    different = _different_columns(draft.row, row)
    different |= _different_columns(draft.text, text) if text else {"the text is missing"}
    if set(draft.areas) != areas:
        different.add("areas")
    return draft.row.service_id, different


def _different_columns(drafted: Model, kept: Model) -> set[str]:
    names: Iterable[str] = (
        field.attname for field in drafted._meta.concrete_fields if field.name not in OWN_TO_THE_TABLE
    )
    return {name for name in names if getattr(drafted, name) != getattr(kept, name)}


def _known(words: Sequence[str]) -> set[str]:
    return set(CatalogueWord.objects.filter(word__in=words).values_list("word", flat=True))
