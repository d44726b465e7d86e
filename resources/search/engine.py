"""The search engine: one call answers a question.

Three queries whatever the size of the answer: counts, one page of rows, their cards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from resources.geo.geocoding import FoundPlace
from resources.geo.point import Point
from resources.geo.regions import MILITARY, all_regions
from resources.geo.zones import zone_at
from resources.models import Listing, ListingMeeting, Location
from resources.search import summary
from resources.search.counting import FacetCounts, tally
from resources.search.meetings import fitting_meetings, meeting_facts
from resources.search.narrowing import ListingRows, candidate_listings, matching_listings, order_listings
from resources.search.question import BrowseArea, Question, Reach, usual_distance
from resources.search.relaxation import RelaxedParameter, relaxed_questions
from resources.search.results import results_of
from resources.search.suggest import correct_spelling, split_trailing_place
from resources.search.version import catalog_version
from resources.vocabulary import COUNTRIES, Visibility

VALUE_FIELDS = ("pk", "here_section", "reach", "distance2", "whole_name", "not_known")
STREAM_CHUNK = 500  # results at a time


class PageNotFound(LookupError):
    """Raised for a page past the end; `pages` is the number of the last page."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"there are {pages} pages")
        self.pages = pages


@dataclass(frozen=True)
class Matches:
    """What matches: the question as it was answered, and its counts.

    `relaxed` lists what had to be relaxed for anything to match. `corrected` is the search text with spelling
    corrected, "" if it stands as typed; `spellings` are other suggestions. `elsewhere` is (the text without
    the place at its end, that place) where the question has no place.
    """

    question: Question
    tally: FacetCounts
    relaxed: Sequence[RelaxedParameter] = ()
    corrected: str = ""
    spellings: Sequence[str] = ()
    elsewhere: tuple[str, FoundPlace] | None = None


@dataclass(frozen=True)
class Answer:
    """One page of the answer to a question.

    `sections` counts the whole answer by section; `facets` counts every value under the other facets.
    `hidden` is how many `avoid` removed, `not_known` how many of the rest nobody has reviewed for it.
    `results` have the shape of the API.
    """

    question: Question
    summary: str
    count: int
    sections: Mapping[str, int]
    facets: Mapping[str, Mapping[str, int]]
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
    results: list[dict[str, Any]]

    @property
    def has_meetings(self) -> bool:
        """True if any result on this page has a next meeting."""
        return any(result["next_meetings"] for result in self.results)


def search_listings(question: Question) -> Answer:
    """Return one page of the answer. Raises PageNotFound past the end."""
    matches = find(question)
    count = matches.tally.count
    pages = max(1, math.ceil(count / question.page_size))
    if question.page > pages:
        raise PageNotFound(pages)
    start = (question.page - 1) * question.page_size
    page = list(rows_of(matches.question)[start : start + question.page_size]) if count else []
    return Answer(
        question=matches.question,
        summary=summary.describe_question(matches.question),
        count=count,
        sections=matches.tally.sections,
        facets=matches.tally.values,
        hidden=matches.tally.hidden,
        not_known=matches.tally.not_known,
        relaxed=matches.relaxed,
        corrected=matches.corrected,
        spellings=matches.spellings,
        elsewhere=matches.elsewhere,
        page=question.page,
        pages=pages,
        page_size=question.page_size,
        place=question.place,
        results=results_of(page, matches.question),
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
    listings = matching_listings(question)
    meetings = fitting_meetings(question.when, question.now, question.zone).filter(
        listing__in=listings.values("pk")
    )
    if first:
        meetings = meetings.filter(day__gte=first.toordinal())
    if last:
        meetings = meetings.filter(day__lte=last.toordinal())
    count = meetings.count()
    pages = max(1, math.ceil(count / question.page_size))
    if question.page > pages:
        raise PageNotFound(pages)
    start = (question.page - 1) * question.page_size
    in_order = meetings.order_by("starts_at", "listing__name_key", "listing__public_id", "schedule_id")
    page = list(in_order[start : start + question.page_size])
    rows = list(rows_of(question).filter(pk__in={meeting.listing_id for meeting in page}))
    listings_by_pk = dict(zip([row["pk"] for row in rows], results_of(rows, question), strict=True))
    return MeetingsPage(
        count=count,
        page=question.page,
        pages=pages,
        results=[
            {**meeting_facts(meeting), "listing": listings_by_pk[meeting.listing_id]} for meeting in page
        ],
    )


def stream_results(matches: Matches) -> Iterator[dict[str, Any]]:
    """Yield the whole answer in order, read and built STREAM_CHUNK results at a time."""
    rows = rows_of(matches.question).iterator(chunk_size=STREAM_CHUNK)
    while batch := list(islice(rows, STREAM_CHUNK)):
        yield from results_of(batch, matches.question)


def catalog_counts(default_country: str) -> Mapping[str, Mapping[str, int]]:
    """Return how many listings each value of each facet matches; cached until the catalog changes."""
    return _counts_of_version(catalog_version(), default_country)


def any_listing_meets() -> bool:
    """True if any listing has meetings; one query for each version of the catalog."""
    return _meets_in_version(catalog_version())


@lru_cache(maxsize=1)
def _meets_in_version(version: str) -> bool:
    return ListingMeeting.objects.exists()


@lru_cache(maxsize=8)
def _counts_of_version(version: str, default_country: str) -> Mapping[str, Mapping[str, int]]:
    return _tally(Question(default_country=default_country)).values


def find(question: Question) -> Matches:
    """Return the matches; if there are none, those with corrected spelling, else of relaxed questions."""
    matches = Matches(question, _tally(question))
    if matches.tally.count:
        return matches
    matches = _with_corrected_spelling(matches)
    return matches if matches.tally.count else _relaxed(matches)


def _with_corrected_spelling(matches: Matches) -> Matches:
    question = matches.question
    if not question.words:
        return matches
    corrected, spellings = correct_spelling(question.words)
    if corrected:
        question = replace(question, words=corrected)
        matches = Matches(question, _tally(question), corrected=corrected, spellings=spellings)
    else:
        matches = replace(matches, spellings=spellings)
    if matches.tally.count or question.place:
        return matches
    return replace(
        matches, elsewhere=split_trailing_place(question.words, default_country=question.default_country)
    )


def _relaxed(matches: Matches) -> Matches:
    for question, relaxed in relaxed_questions(matches.question):
        counts = _tally(question)
        if counts.count:
            return replace(matches, question=question, tally=counts, relaxed=relaxed)
    return matches


def _tally(question: Question) -> FacetCounts:
    return tally(candidate_listings(question), question)


def rows_of(question: Question) -> ListingRows:
    """Return the matching rows in order, with the columns that `results_of` reads."""
    rows: ListingRows = order_listings(matching_listings(question), question).values(*VALUE_FIELDS)
    return rows


# ---- browsing: an area is asked about as any question is, with `area` set


def listing_counts_by_region() -> Mapping[str, Mapping[str, int]]:
    """Return the number of listings in each region of each country, by code.

    Every country we serve is included with all its regions; any other country only if it has a listing.
    Cached until the catalog changes.
    """
    return _region_counts_of_version(catalog_version())


@lru_cache(maxsize=1)
def _region_counts_of_version(version: str) -> Mapping[str, Mapping[str, int]]:
    """Count all listings that have a place, in one query."""
    counts: dict[str, dict[str, int]] = {country: {} for country in COUNTRIES}
    for region in all_regions():
        if region.country in counts and region.code not in MILITARY:
            counts[region.country][region.code] = 0
    where = ("service_at_location__location__country", "service_at_location__location__region")
    shown = Listing.objects.filter(on_request=Visibility.NOTHING.number, service_at_location__isnull=False)
    rows = shown.exclude(**{where[0]: ""}).order_by().values_list(*where)
    for country, region, number in rows.annotate(number=Count("pk")):
        counts.setdefault(country, {})[region] = number
    return counts


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
        zone=zone_at(point, location.country),
    )


def similar_services(question: Question, *, excluding: UUID) -> list[dict[str, Any]]:
    """Return the first few results of a question, without those of one service. Three queries at most."""
    rows = rows_of(question).exclude(service_id=excluding)
    return results_of(list(rows[:MAX_SIMILAR]), question)
