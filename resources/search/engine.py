"""The search engine: one call answers a question.

What fits, its counts and its order come from the sets in this process (`catalog.py`); the database is asked
for words that were not asked for yet, for meetings, and for the cards of one page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from resources.geo.geocoding import FoundPlace
from resources.geo.names import fold
from resources.geo.point import Point
from resources.geo.regions import MILITARY, all_regions
from resources.models import Listing, ListingMeeting, Location, Place
from resources.models.place import PlaceKind
from resources.search import rules, summary
from resources.search.catalog import catalog, holds
from resources.search.finding import Counts, Finding, Row
from resources.search.meetings import fitting_meetings, meeting_facts
from resources.search.packing import name_of
from resources.search.question import BrowseArea, Question, Reach, usual_distance
from resources.search.relaxation import RelaxedParameter, relaxed_questions
from resources.search.results import FinishedResult, Maker, finished_results, results_of
from resources.search.suggest import (
    correct_spelling,
    fewer_words,
    has_all_words,
    split_trailing_place,
    without_quotation_marks,
)
from resources.search.version import catalog_version
from resources.vocabulary import COUNTRIES, Visibility

MEETING_FIELDS = ("starts_at", "listing_id", "schedule_id", "pk")
STREAM_CHUNK = 500  # results at a time


class PageNotFound(LookupError):
    """Raised for a page past the end; `pages` is the number of the last page."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"there are {pages} pages")
        self.pages = pages


@dataclass(frozen=True)
class Matches:
    """What matches: the question as it was answered, what was found, and its counts.

    `relaxed` lists what had to be relaxed for anything to match. `corrected` is the search text with spelling
    corrected, "" if it stands as typed; `spellings` are other suggestions. `elsewhere` is (the text without
    the place at its end, that place) where the question has no place.
    """

    question: Question
    finding: Finding
    counts: Counts
    relaxed: Sequence[RelaxedParameter] = ()
    corrected: str = ""
    spellings: Sequence[str] = ()
    elsewhere: tuple[str, FoundPlace] | None = None


@dataclass(frozen=True)
class Answer:
    """One page of the answer to a question.

    `sections` counts the whole answer by section, and `not_known_in` what of that does not state all that is
    asked for. `hidden` is how many `avoid` removed; `not_known` how many that do not state all are in the
    answer, or were left out of it. `rows` are those of the page.
    """

    question: Question
    finding: Finding
    summary: str
    count: int
    sections: Mapping[str, int]
    not_known_in: Mapping[str, int]
    hidden: int
    not_known: int
    relaxed: Sequence[RelaxedParameter]
    corrected: str
    spellings: Sequence[str]
    elsewhere: tuple[str, FoundPlace] | None
    page: int
    pages: int
    page_size: int
    place: FoundPlace | None
    rows: Sequence[Row]

    @cached_property
    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """The count of every value under the other facets, made when it is first asked for."""
        return self.finding.facet_counts()

    @cached_property
    def results(self) -> list[dict[str, Any]]:
        """The page, in the shape of the API. Two queries at most, the first time."""
        return results_of(self.rows, self.question)

    def finished_results(self, *, key: Any, make: Maker) -> list[FinishedResult]:
        """Return the page as `results.finished_results` does. Two queries at most."""
        return finished_results(self.finding.catalog, self.rows, self.question, key=key, make=make)


def search_listings(question: Question) -> Answer:
    """Return one page of the answer. Raises PageNotFound past the end."""
    matches = find(question)
    count = matches.counts.count
    pages = max(1, math.ceil(count / question.page_size))
    if question.page > pages:
        raise PageNotFound(pages)
    start = (question.page - 1) * question.page_size
    return Answer(
        question=matches.question,
        finding=matches.finding,
        summary=summary.describe_question(matches.question),
        count=count,
        sections=matches.counts.sections,
        not_known_in=matches.counts.not_known_in,
        hidden=matches.counts.hidden,
        not_known=matches.counts.not_known,
        relaxed=matches.relaxed,
        corrected=matches.corrected,
        spellings=matches.spellings,
        elsewhere=matches.elsewhere,
        page=question.page,
        pages=pages,
        page_size=question.page_size,
        place=question.place,
        rows=matches.finding.rows(start, start + question.page_size),
    )


@dataclass(frozen=True)
class MeetingsPage:
    """One page of meetings by start time, each of `results` with its `listing`."""

    count: int
    page: int
    pages: int
    results: list[dict[str, Any]]


def find_meetings(question: Question, first: date | None, last: date | None) -> MeetingsPage:
    """Return the meetings between two local dates, both included, of all listings that match.

    Past meetings are left out. Raises PageNotFound past the end.
    """
    finding = Finding(question)
    known, is_found = finding.catalog, holds(finding.fitting)
    meetings = fitting_meetings(question.when, question.now, question.zone)
    if first:
        meetings = meetings.filter(day__gte=first.toordinal())
    if last:
        meetings = meetings.filter(day__lte=last.toordinal())
    found = [
        (starts_at, known.slot_of(listing), schedule, pk)
        for starts_at, listing, schedule, pk in meetings.order_by().values_list(*MEETING_FIELDS)
        if (slot := known.slot_of(listing)) >= 0 and is_found(slot)
    ]
    pages = max(1, math.ceil(len(found) / question.page_size))
    if question.page > pages:
        raise PageNotFound(pages)
    start = (question.page - 1) * question.page_size
    found.sort(key=lambda each: (each[0], name_of(known.key(each[1])), each[2]))
    page = found[start : start + question.page_size]
    of_page = meetings.filter(pk__in=[pk for _starts_at, _slot, _schedule, pk in page])
    facts = {meeting.pk: meeting_facts(meeting) for meeting in of_page}
    rows = [finding.row(slot) for slot in sorted({each[1] for each in page})]
    listings = dict(zip([row.pk for row in rows], results_of(rows, question), strict=True))
    return MeetingsPage(
        count=len(found),
        page=question.page,
        pages=pages,
        results=[
            {**facts[pk], "listing": listings[known.ids[slot]]}
            for _starts_at, slot, _schedule, pk in page
            if pk in facts and known.ids[slot] in listings
        ],
    )


def stream_results(matches: Matches) -> Iterator[dict[str, Any]]:
    """Yield the whole answer in order, read and built STREAM_CHUNK results at a time."""
    rows = matches.finding.iterate()
    while batch := list(islice(rows, STREAM_CHUNK)):
        yield from results_of(batch, matches.question)


def catalog_counts(default_country: str) -> Mapping[str, Mapping[str, int]]:
    """Return how many listings each value of each facet matches; cached until the catalog changes."""
    return _counts_of_version(catalog_version(), default_country)


def count_anywhere(question: Question) -> int:
    """Return how many listings match a question without its place."""
    return _matches(replace(question, place=None, reach=Reach.ANY)).counts.count


def any_listing_meets() -> bool:
    """True if any listing has meetings; one query for each version of the catalog."""
    return _meets_in_version(catalog_version())


@lru_cache(maxsize=1)
def _meets_in_version(version: str) -> bool:
    return ListingMeeting.objects.exists()


@lru_cache(maxsize=8)
def _counts_of_version(version: str, default_country: str) -> Mapping[str, Mapping[str, int]]:
    return Finding(Question(default_country=default_country)).facet_counts()


def find(question: Question) -> Matches:
    """Return the matches; if there are none, those with corrected spelling, else of a wider question.

    Words that no listing has together are left out before time, place or format are relaxed, others after.
    These are relaxed only if the question `widens`.
    """
    matches = _matches(question)
    if matches.counts.count:
        return _offering_plain_words(matches)
    matches = _with_corrected_spelling(matches)
    if not matches.counts.count and question.words and not has_all_words(matches.question.words):
        matches = _with_fewer_words(matches)
    if not matches.counts.count and question.widens:
        matches = _relaxed(matches)
    if not matches.counts.count:
        matches = _with_fewer_words(matches)
    if matches.corrected and not matches.counts.count and not has_all_words(matches.corrected):
        return replace(_matches(question), elsewhere=matches.elsewhere)  # corrected into nothing
    return matches


def _matches(question: Question) -> Matches:
    finding = Finding(question)
    return Matches(question, finding, finding.counts())


def _offering_plain_words(matches: Matches) -> Matches:
    """Suggest the words without quotation marks, where these find more: who types marks may not know."""
    question = matches.question
    plain = without_quotation_marks(question.words)
    if plain == question.words or not plain:
        return matches
    more = _matches(replace(question, words=plain)).counts.count
    return replace(matches, spellings=(plain,)) if more > matches.counts.count else matches


def _with_corrected_spelling(matches: Matches) -> Matches:
    question = matches.question
    if not question.words:
        return matches
    corrected, spellings = correct_spelling(question.words)
    if corrected:
        question = replace(question, words=corrected)
        matches = replace(_matches(question), corrected=corrected, spellings=spellings)
    else:
        matches = replace(matches, spellings=spellings)
    if matches.counts.count or question.place:
        return matches
    return replace(
        matches, elsewhere=split_trailing_place(question.words, default_country=question.default_country)
    )


def _with_fewer_words(matches: Matches) -> Matches:
    """Return the matches of most of the words, as `corrected`; those given if even so nothing matches."""
    seen = {"", matches.question.words}
    for words in fewer_words(matches.question.words):
        if words not in seen:
            seen.add(words)
            fewer = _matches(replace(matches.question, words=words))
            if fewer.counts.count:
                return replace(
                    fewer, corrected=words, spellings=matches.spellings, elsewhere=matches.elsewhere
                )
    return matches


def _relaxed(matches: Matches) -> Matches:
    for question, relaxed in relaxed_questions(matches.question):
        wider = _matches(question)
        if wider.counts.count:
            return replace(
                matches,
                question=question,
                finding=wider.finding,
                counts=wider.counts,
                relaxed=relaxed,
            )
    return matches


# ---- browsing: an area is asked about as any question is, with `area` set


def listing_counts_by_region() -> Mapping[str, Mapping[str, int]]:
    """Return the number of listings in each region of each country, by code.

    Every country we serve is included with all its regions; any other country only if it has a listing.
    Cached until the catalog changes.
    """
    return _region_counts_of_version(catalog_version())


@lru_cache(maxsize=1)
def _region_counts_of_version(version: str) -> Mapping[str, Mapping[str, int]]:
    """Count all listings that have a place and are always shown."""
    counts: dict[str, dict[str, int]] = {country: {} for country in COUNTRIES}
    for region in all_regions():
        if region.country in counts and region.code not in MILITARY:
            counts[region.country][region.code] = 0
    known = catalog()
    shown = known.alive & rules.shown(known, {Visibility.NOTHING.number}, 0)
    for place in list(known.places):
        country, _, region_code = place.partition("-")
        if number := (shown & known.in_place(place)).bit_count():
            counts.setdefault(country, {})[region_code] = number
    return counts


MAX_TOWNS = 40


def towns_with_listings(area: BrowseArea) -> Sequence[str]:
    """Return the towns of a region with the most listings, by name, those that a search for a place knows.

    Cached until the catalog changes.
    """
    return _towns_of_version(catalog_version(), area)


@lru_cache(maxsize=100)
def _towns_of_version(version: str, area: BrowseArea) -> Sequence[str]:
    """Ask two queries."""
    cities = (
        Listing.objects.filter(place=area.key)
        .exclude(service_at_location__location__city="")
        .values_list("service_at_location__location__city")
        .annotate(listings=Count("pk"))
        .order_by("-listings", "service_at_location__location__city")[:MAX_TOWNS]
    )
    keys = [fold(city) for city, _listings in cities]
    towns = Place.objects.filter(
        kind=PlaceKind.TOWN, country=area.country, region=area.region, name_key__in=keys, is_alias=False
    )
    return sorted(set(towns.values_list("name", flat=True)))


def known_area(country: str, region: str = "") -> BrowseArea | None:
    """Return the area of these codes, in any case; None if it is neither in our tables nor has a listing."""
    area = BrowseArea(country.upper(), region.upper())
    regions = listing_counts_by_region().get(area.country)
    if regions is None or (area.region and area.region not in regions):
        return None
    return area


# ---- similar services

MAX_SIMILAR = 3


def similar_question(kind: str, location: Location, now: datetime) -> Question | None:
    """Return a question for the same kind near this location; None if the location has no point."""
    if location.latitude is None or location.longitude is None:
        return None
    # Coarse, as a visitor's own place is: the point appears in the URL of "see more".
    point = Point(location.latitude, location.longitude).rounded()
    return Question(
        default_country=settings.DEFAULT_COUNTRY,
        place=FoundPlace(
            name=location.city,
            country=location.country,
            region=location.region,
            county="",
            postal_code="",
            point=point,
            precision="point",
        ),
        within=usual_distance(location.country),
        reach=Reach.LOCAL,
        facets={"kind": (kind,)},
        now=now,
    )


def similar_services(question: Question, *, excluding: UUID) -> list[dict[str, Any]]:
    """Return the first few results of a question, without those of one service. Three queries at most."""
    finding = Finding(question)
    own = list(Listing.objects.filter(service=excluding).values_list("pk", flat=True))
    others = ~finding.catalog.set_of_ids(own)
    return results_of(finding.rows(0, MAX_SIMILAR, among=others), question)
