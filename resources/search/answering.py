"""One function answers a question. The SQL is meant to be read; every step only narrows or orders."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from resources.geo.cells import covering
from resources.geo.geocoding import FoundPlace, area_keys
from resources.geo.point import chord2_of_km
from resources.models import Listing, ListingArea
from resources.models.listing import NO_CELL
from resources.search import facets, results, summary
from resources.search.backends import text_index
from resources.search.backends.base import COLUMNS
from resources.search.question import Question, Reach, Sort
from resources.search.words import fold, question_stems
from resources.vocabulary import Audience, Cost, Format, Kind, Loss, Section

# How a listing reaches a visitor, nearest first. ELSEWHERE is only met where no place was given.
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
Rows = QuerySet[Any, Any]  # listings with columns that only the question knows

NO_DISTANCE = 9.0  # more than any squared chord: what has no point stands after what has


class PageNotFound(LookupError):
    """A page past the end; `pages` is the last one there is."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"there are {pages} pages")
        self.pages = pages


@dataclass(frozen=True)
class Answer:
    """`sections` counts the whole answer by section; `results` is one page of it, in the shape of the API."""

    asked: Question
    question: str
    count: int
    sections: dict[str, int]
    page: int
    pages: int
    page_size: int
    place: FoundPlace | None
    results: list[dict[str, Any]]


def answer_question(asked: Question) -> Answer:
    """Three queries, whatever the size: totals by section, a page of ids in order, the page's cards."""
    rows = ordered(narrowed(asked), asked)
    sections = _section_totals(rows)
    count = sum(sections.values())
    pages = max(1, math.ceil(count / asked.page_size))
    if asked.page > pages:
        raise PageNotFound(pages)
    first = (asked.page - 1) * asked.page_size
    page = list(
        rows.values("pk", "here_section", "reach", "distance2", "whole_name")[first : first + asked.page_size]
    )
    return Answer(
        asked=asked,
        question=summary.said_back(asked),
        count=count,
        sections=sections,
        page=asked.page,
        pages=pages,
        page_size=asked.page_size,
        place=asked.place,
        results=results.results_of(page, asked),
    )


def narrowed(asked: Question) -> Rows:
    """The listings that fit, each with `reach`, `distance2` (squared chord), `whole_name` and `word_rank`."""
    rows = _reachable(asked).annotate(**_place_columns(asked))
    for facet in facets.FACETS:
        if values := asked.values(facet.name):
            rows = rows.filter(facet.narrowing(values))
    if asked.max_price is not None:
        rows = rows.filter(_affordable(asked.max_price, asked.currency))
    if asked.reach == Reach.LOCAL:
        rows = rows.filter(reach=HERE) if asked.place else rows.exclude(cell=NO_CELL)
    elif asked.reach == Reach.REMOTE:
        rows = rows.filter(_reaches_from_afar(asked))
    return _with_words(rows, asked.words).filter(_asked_for(asked))


def ordered(rows: Rows, asked: Question) -> Rows:
    """`best`: the whole name, then section, words, fit, reach, distance, assured, kind, name, id."""
    rows = rows.annotate(
        here_section=Case(
            When(reach=HERE, section=Section.SERVES_YOU.number, then=Section.NEAR_YOU.number),
            default=F("section"),
            output_field=IntegerField(),
        )
    )
    orders: dict[str, Sequence[str]] = {
        Sort.BEST: (
            *("whole_name", "here_section", "word_rank", "fit", "reach", "distance2"),
            *("-assured_on", "kind", "name_key", "public_id"),
        ),
        Sort.DISTANCE: ("distance2", "fit", "reach", "public_id"),
        Sort.ASSURED: ("-assured_on", "fit", "reach", "distance2", "public_id"),
        Sort.NAME: ("name_key", "reach", "distance2", "public_id"),
    }
    return rows.order_by(*orders[asked.sort])


def _section_totals(rows: Rows) -> dict[str, int]:
    counted = rows.order_by().values("here_section").annotate(listings=Count("pk"))
    totals = {row["here_section"]: row["listings"] for row in counted}
    return {str(section): totals[section.number] for section in Section if section.number in totals}


def _place_columns(asked: Question) -> dict[str, Any]:
    if asked.place is None:
        return {
            "reach": _reach_without_place(asked.default_country),
            "distance2": Value(NO_DISTANCE, output_field=FloatField()),
        }
    return {
        "reach": _reach_from(asked.place, asked.within.km),
        "distance2": Coalesce(_chord2(asked.place), Value(NO_DISTANCE), output_field=FloatField()),
    }


def _reachable(asked: Question) -> Rows:
    """Everything, where no place was given; else what is here, and what serves the place from afar.

    A service that is here in one of its places is not met again from afar through another.
    """
    if asked.place is None:
        return Listing.objects.all()
    here = _here(asked.place, asked.within.km)
    met_here = Listing.objects.filter(here).values("service_id")
    from_afar = Q(pk__in=_serving(area_keys(asked.place))) & ~Q(service_id__in=met_here)
    return Listing.objects.filter(here | from_afar)


def _reaches_from_afar(asked: Question) -> Q:
    """Serves an area; and where the place itself is near, by more than going there."""
    afar = Format.everything() - Format.mask((Format.IN_PERSON, Format.HOME_VISIT))
    areas = (
        ListingArea.objects.filter(area__in=area_keys(asked.place)) if asked.place else ListingArea.objects
    )
    return Q(pk__in=areas.values("listing_id")) & (~Q(reach=HERE) | Q(facets.any_bit("formats", afar)))


def _reach_without_place(country: str) -> Case:
    """One's own country stands before the world, and the world before other countries."""
    return Case(
        When(Q(country=country) | Q(pk__in=_serving_in(country)), then=COUNTRY),
        When(pk__in=_serving(("*",)), then=WORLD),
        default=ELSEWHERE,
        output_field=IntegerField(),
    )


def _reach_from(place: FoundPlace, km: float) -> Case:
    """The narrowest way in which a reachable listing reaches the place."""
    groups: dict[int, list[str]] = {}
    for key in area_keys(place):
        groups.setdefault(_reach_of_area(key), []).append(key)
    return Case(
        When(_here(place, km), then=HERE),
        *(When(pk__in=_serving(keys), then=reach) for reach, keys in groups.items()),
        default=ELSEWHERE,
        output_field=IntegerField(),
    )


def _here(place: FoundPlace, km: float) -> Q:
    """Points within `km`: the grid's cells first, which an index finds, then the exact test."""
    cells = covering(place.point, km)
    touched = Q()
    for first, last in cells.ranges:
        touched |= Q(**{f"{cells.grid}__range": (first, last)})
    return touched & Q(LessThanOrEqual(_chord2(place), chord2_of_km(km)))


def _chord2(place: FoundPlace) -> Any:
    """The squared chord from the place to a listing's point: plain arithmetic, no trigonometry in SQL."""
    x, y, z = (Value(part, output_field=FloatField()) for part in place.point.unit_vector())
    dx, dy, dz = F("x") - x, F("y") - y, F("z") - z
    return ExpressionWrapper(dx * dx + dy * dy + dz * dz, output_field=FloatField())


def _serving(areas: Iterable[str]) -> Rows:
    return ListingArea.objects.filter(area__in=list(areas)).values("listing_id")


def _serving_in(country: str) -> Rows:
    """What serves a country or any part of it."""
    within = Q(area=country) | Q(area__startswith=f"{country}-") | Q(area__startswith=f"{country}:")
    return ListingArea.objects.filter(within).values("listing_id")


def _reach_of_area(key: str) -> int:
    if key == "*":
        return WORLD
    if ":" in key or "/" in key:
        return AREA
    return REGION if "-" in key else COUNTRY


def _affordable(max_price: int, currency: str) -> Q:
    """Something is stated to cost at most this; zero is met only by what nobody has to pay for."""
    nobody_pays = Q(facets.any_bit("cost", Cost.mask((Cost.FREE, Cost.DONATION))))
    if max_price == 0:
        return nobody_pays
    return nobody_pays | (Q(currency__in=("", currency)) & Q(min_price__lte=max_price))


def _with_words(rows: Rows, text: str) -> Rows:
    """Every word is wanted, somewhere; `word_rank` is 0 where the name alone holds them all.

    Text without a letter or a digit asks for what nothing holds.
    """
    words = question_stems(text)
    if not words:
        plain: Rows = rows.annotate(whole_name=Value(1), word_rank=Value(0))
        return plain.none() if text else plain
    index, narrower = text_index(), range(len(COLUMNS) - 1)
    whole = Q(text__name_exact=fold(text)) | Q(text__organization_exact=fold(text))
    found: Rows = rows.filter(pk__in=index.matching(words, COLUMNS)).annotate(
        whole_name=Case(When(whole, then=0), default=1, output_field=IntegerField()),
        word_rank=Case(
            *(When(pk__in=index.matching(words, COLUMNS[: last + 1]), then=last) for last in narrower),
            default=len(COLUMNS) - 1,
            output_field=IntegerField(),
        ),
    )
    return found


def _asked_for(asked: Question) -> Q:
    """What is on request stays hidden unless its kind, its loss or its whole name was asked for."""
    shown = Q(on_request=False) | Q(whole_name=0)
    if Kind.CRISIS_LINE in asked.values("kind"):
        shown |= Q(kind=Kind.CRISIS_LINE.number)
    losses = {Loss.ABORTION, Loss.TFMR} & set(asked.values("loss"))
    if losses:
        for_all = ~Q(kind=Kind.CRISIS_LINE.number) & ~Q(audiences=Audience.PROFESSIONALS.bit)
        shown |= Q(facets.any_bit("losses", Loss.mask(losses))) & for_all
    return shown
