"""One function answers a question, in three queries whatever the size: counts, a page of ids, its cards."""

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
    """A page past the end; `pages` is the last one there is."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"there are {pages} pages")
        self.pages = pages


@dataclass(frozen=True)
class Matches:
    """What fits: the question as it was answered, and its counts.

    `relaxed` says what had to be widened for anything to fit. `corrected` is the words as they were put
    right, "" where they stood as typed, and `spellings` are other words that may have been meant. `elsewhere`
    is the words without the place that ends them, and that place, where none was given.
    """

    question: Question
    tally: FacetCounts
    relaxed: Sequence[RelaxedParameter] = ()
    corrected: str = ""
    spellings: Sequence[str] = ()
    elsewhere: tuple[str, FoundPlace] | None = None


@dataclass(frozen=True)
class Answer:
    """`sections` counts the whole answer by section and `facets` every value under the other filters.

    `hidden` is how many `avoid` left out, `not_known` how many of the rest nobody has looked at for it;
    `results` is one page of the answer, in the shape of the API.
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
        """Whether anything on this page says when it meets next."""
        return any(result["next_meetings"] for result in self.results)


def search_listings(question: Question) -> Answer:
    """One page of the answer. Raises PageNotFound past the end."""
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
    """One page of meetings in the order of their start, each of `results` with its `listing`."""

    count: int
    page: int
    pages: int
    results: list[dict[str, Any]]


def find_meetings(question: Question, first: date | None, last: date | None) -> MeetingsPage:
    """What meets between two local days, both included, of all that fits the question.

    What is over is left out. Raises PageNotFound past the end.
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
    """The whole answer in its order, read and made some hundred at a time."""
    rows = rows_of(matches.question).iterator(chunk_size=STREAM_CHUNK)
    while batch := list(islice(rows, STREAM_CHUNK)):
        yield from results_of(batch, matches.question)


def catalog_counts(default_country: str) -> Mapping[str, Mapping[str, int]]:
    """How many each value of each facet finds in the whole catalogue, kept until that changes."""
    return _counts_of_version(catalog_version(), default_country)


def any_listing_meets() -> bool:
    """Whether any listing says when it meets, looked up once for each version of the catalogue."""
    return _meets_in_version(catalog_version())


@lru_cache(maxsize=1)
def _meets_in_version(version: str) -> bool:
    return ListingMeeting.objects.exists()


@lru_cache(maxsize=8)
def _counts_of_version(version: str, default_country: str) -> Mapping[str, Mapping[str, int]]:
    return _tally(Question(default_country=default_country)).values


def find(question: Question) -> Matches:
    """What fits the question; where nothing does, what fits it with its words put right, or asked wider."""
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
    """What fits, in its order, each with what `results_of` reads."""
    rows: ListingRows = order_listings(matching_listings(question), question).values(*VALUE_FIELDS)
    return rows


# ---- browsing: what is in an area is a question like any other, with an `area`


def listing_counts_by_region() -> Mapping[str, Mapping[str, int]]:
    """How many listings are in each region of each country, by code; kept until the catalogue changes.

    Every country we serve is there with all its regions; another one where something is listed there.
    """
    return _region_counts_of_version(catalog_version())


@lru_cache(maxsize=1)
def _region_counts_of_version(version: str) -> Mapping[str, Mapping[str, int]]:
    """One query, over all listings that have a place."""
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
    """By codes of any case; None for an area that neither exists by our tables nor has a listing."""
    area = BrowseArea(country.upper(), region.upper())
    regions = listing_counts_by_region().get(area.country)
    if regions is None or (area.region and area.region not in regions):
        return None
    return area


# ---- more like one listing

MAX_SIMILAR = 3


def similar_question(kind: str, location: Location, now: datetime) -> Question | None:
    """What is of this kind and near this location; None where the location is on no map."""
    if location.latitude is None or location.longitude is None:
        return None
    # Coarse, as a visitor's own place is: it stands in the address of "see more".
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
    """The first few results of the question, without those of one service. Three queries at most."""
    rows = rows_of(question).exclude(service_id=excluding)
    return results_of(list(rows[:MAX_SIMILAR]), question)
