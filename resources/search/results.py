"""From rows to results: the shape that the API sends and the pages read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from sys import intern
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from resources.geo.point import km_of_chord2
from resources.models import Listing, ListingText, ServiceAtLocation
from resources.presentation.cards import card_of
from resources.presentation.results import base_result, timeless_facts, timely_facts
from resources.presentation.schedules import MEETING_KINDS
from resources.presentation.service_data import ServiceData
from resources.search.catalog import Catalog, catalog
from resources.search.finding import Row, in_default_order
from resources.search.meetings import (
    MAX_NEXT_MEETINGS,
    coming_by_listing,
    expand_meetings,
    meeting_facts,
    meetings_by_listing,
)
from resources.search.question import MeetingTimes, Question
from resources.vocabulary import MatchReason, Precision, Section

# Indexed by `reach` in `rules`: HERE, AREA, REGION, COUNTRY, WORLD, and None for ELSEWHERE.
REASONS = (
    MatchReason.NEAR_YOU,
    MatchReason.SERVES_YOUR_AREA,
    MatchReason.SERVES_YOUR_STATE,
    MatchReason.NATIONAL,
    MatchReason.ONLINE,
    None,
)
SECTIONS = tuple(Section)
MAX_FINISHED = 1_500  # results kept as JSON or HTML, of some 3 kB each
MAX_SHARED = 20  # letters
COMING = "coming meetings"
KEPT_FACTS = ("id", "kind", "schedules", "location", "country", "formats", "areas")
Maker = Callable[[dict[str, Any]], Any]
MAX_SQUARED_CHORD = 4.0  # between opposite points of a globe of radius 1


def results_of(rows: Sequence[Row], question: Question) -> list[dict[str, Any]]:
    """Return the cards of these rows, in order, with what depends on the question.

    One query, and a second one if any of them has meetings.
    """
    cards = dict(cards_of([row.pk for row in rows]))
    meetings = _meetings_of(cards, question)
    return [
        base_result(cards[row.pk], question.now, meetings.get(row.pk, ()))
        | answer_facts(cards[row.pk], row, question)
        for row in rows
        if row.pk in cards
    ]


@dataclass(frozen=True)
class FinishedResult:
    """A result in two parts: what was made once of its card, and what only the question and the time know.

    `card` has of the card what the second part may depend on.
    """

    row: Row
    made: Any
    card: Mapping[str, Any]
    facts: Mapping[str, Any]


def finished_results(
    known: Catalog, rows: Sequence[Row], question: Question, *, key: Any, make: Maker
) -> list[FinishedResult]:
    """Return the same results, each made once for each `key` as long as its listing stays.

    `make` is given what a card says at any time (`timeless_facts`), and returns the same for the same key,
    language and card. Two queries at most, none for results that are made already and do not meet.
    """
    key, finished = (key, get_language()), known.finished
    found = {row.pk: each for row in rows if (each := finished.get((row.pk, key)))}
    missing = [row.pk for row in rows if row.pk not in found]
    for pk, card in cards_of(missing):
        found[pk] = make(timeless_facts(card)), _shared({name: card[name] for name in KEPT_FACTS})
        keep_piece(finished, (pk, key), found[pk])
    meetings = _meetings_of({pk: card for pk, (_made, card) in found.items()}, question, known)
    return [
        FinishedResult(
            row,
            made,
            card,
            answer_facts(card, row, question) | timely_facts(card, question.now, meetings.get(row.pk, ())),
        )
        for row in rows
        if row.pk in found
        for made, card in (found[row.pk],)
    ]


def _shared(value: Any) -> Any:
    """Return the same facts, of which equal short texts are one in memory: names, codes, towns."""
    if isinstance(value, str):
        return intern(value) if len(value) <= MAX_SHARED else value
    if isinstance(value, dict):
        return {intern(name): _shared(each) for name, each in value.items()}
    return list(map(_shared, value)) if isinstance(value, list) else value


def keep_piece(pieces: dict[Any, Any], key: Any, piece: Any) -> None:
    """Keep a finished piece for as long as there is space."""
    if len(pieces) >= MAX_FINISHED:
        pieces.clear()
    pieces[key] = piece


def _meetings_of(
    cards: Mapping[int, Mapping[str, Any]], question: Question, known: Catalog | None = None
) -> Mapping[int, Sequence[dict[str, Any]]]:
    """Return the next meetings of those that meet, by row of Listing. One query, or none.

    What is coming is kept with the pieces of `known`.
    """
    meeting = [pk for pk, card in cards.items() if card["schedules"] and card["kind"] in MEETING_KINDS]
    if not meeting:
        return {}
    if known is not None and not question.when:
        return _coming_of(meeting, known, question.now)
    zone = question.zone if question.when.upcoming else ""
    return meetings_by_listing(meeting, question.when, question.now, zone)


def _coming_of(pks: Sequence[int], known: Catalog, now: datetime) -> Mapping[int, Sequence[dict[str, Any]]]:
    kept = {pk: known.finished.get((pk, COMING)) for pk in pks}
    found = {pk: each.next_few(now) if each else None for pk, each in kept.items()}
    if missing := [pk for pk, few in found.items() if few is None]:
        for pk, coming in coming_by_listing(missing, now).items():
            keep_piece(known.finished, (pk, COMING), coming)
            found[pk] = coming.next_few(now)
    return {pk: few for pk, few in found.items() if few}


def cards_of(pks: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    """Return the cards of these rows of Listing, in no order. One query."""
    return list(ListingText.objects.filter(pk__in=pks).values_list("pk", "card")) if pks else []


def answer_facts(card: Mapping[str, Any], row: Row, question: Question) -> dict[str, Any]:
    """Return what only the question knows of a result."""
    near = question.place is not None or question.area is not None
    why = REASONS[row.reach] if near else None
    # Nobody is at the middle of a county: from there no distance is told.
    has_extent = question.place is not None and question.place.has_extent
    known = row.distance2 <= MAX_SQUARED_CHORD and not has_extent
    return {
        "section": str(SECTIONS[row.section]),
        "leads_by_name": row.is_whole_name,
        "known_clear": "avoid" not in row.not_known if question.values("avoid") else None,
        "not_known": list(row.not_known),
        "distance_km": round(km_of_chord2(row.distance2), 1) if known else None,
        "distance_is_about": bool(known and card["location"]["precision"] != Precision.EXACT),
        "why": why and str(why),
    }


def results_of_organization(organization_id: UUID, *, limit: int, now: datetime) -> list[dict[str, Any]]:
    """Return up to `limit` results of an organization, the best fit first, independent of any question."""
    pks = list(Listing.objects.filter(organization_id=organization_id).values_list("pk", flat=True))
    pks = in_default_order(catalog(), pks)[:limit]
    cards = dict(cards_of(pks))
    meetings = meetings_by_listing(cards, MeetingTimes(), now)
    return [base_result(cards[pk], now, meetings.get(pk, ())) for pk in pks if pk in cards]


def results_by_id(ids: Sequence[str], *, now: datetime) -> list[dict[str, Any]]:
    """Return the published ones of these results, in the order of `ids`, independent of any question."""
    texts = ListingText.objects.filter(listing__public_id__in=ids).values_list("listing_id", "card")
    cards = dict(texts)
    meetings = meetings_by_listing(cards, MeetingTimes(), now) if cards else {}
    results = {card["id"]: base_result(card, now, meetings.get(pk, ())) for pk, card in cards.items()}
    return [results[pk] for pk in ids if pk in results]


def preview_results(data: ServiceData, *, at: datetime, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return up to `limit` results of a service, as in a search without a place, and how many there are.

    There is one for each of its places, whether or not it is published.
    """
    places: list[ServiceAtLocation | None] = [*data.places] or [None]
    return [_preview_result(data, place, at) for place in islice(places, limit)], len(places)


def _preview_result(data: ServiceData, place: ServiceAtLocation | None, at: datetime) -> dict[str, Any]:
    card = card_of(data, place)
    meetings = sorted(
        expand_meetings(card["kind"], card["schedules"], at), key=lambda meeting: meeting.starts_at
    )
    return base_result(card, at, [meeting_facts(meeting) for meeting in meetings[:MAX_NEXT_MEETINGS]])
