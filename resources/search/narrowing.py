"""From a question to the listings that fit it, in their order. The SQL is meant to be read.

Every step only narrows or orders. What a place, words or a price ask is narrowed here, in one query that the
totals and the page share; the facets narrow by themselves (`facets.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Case, ExpressionWrapper, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from resources.geo.cells import covering
from resources.geo.geocoding import FoundPlace, area_keys
from resources.geo.point import chord2_of_km
from resources.models import Listing, ListingArea, ListingPrice, ServiceAtLocation
from resources.models.listing import NO_CELL
from resources.search import facets
from resources.search.backends import text_index
from resources.search.backends.base import COLUMNS
from resources.search.meetings import fitting_meetings, next_start
from resources.search.question import BrowseArea, Question, Reach, Sort
from resources.search.tokens import QueryTerm, fold, parse_terms
from resources.vocabulary import NOBODY_PAYS, Cost, Format, Section

# How a listing reaches a visitor, nearest first. ELSEWHERE is only met where no place was given.
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
ListingRows = QuerySet[Any, Any]  # listings with columns that only the question knows

NO_DISTANCE = 9.0  # more than any squared chord: what has no point stands after what has


def candidate_listings(question: Question) -> ListingRows:
    """All that the question allows but for its facets, each with what only the question knows of it.

    `reach` (as above), `here_section`, `distance2` (squared chord), `whole_name` (0 where the words are its
    name) and `word_rank` (0 where its name alone holds them all).
    """
    rows = _reachable(question).annotate(**_place_columns(question))
    if question.max_price is not None:
        rows = rows.filter(_affordable(question.max_price, question.currency))
    if question.organizations:
        rows = rows.filter(organization_id__in=question.organizations)
    if question.when:
        rows = rows.filter(
            pk__in=fitting_meetings(question.when, question.now, question.zone).values("listing_id")
        )
    if question.assured_since:
        rows = rows.filter(assured_on__gte=question.assured_since.toordinal())
    if question.reach == Reach.LOCAL:
        rows = rows.filter(reach=HERE) if question.place else rows.exclude(cell=NO_CELL)
    elif question.reach == Reach.REMOTE:
        rows = rows.filter(_remote_q(question))
    rows_with_section: ListingRows = _with_words(rows, question.words).annotate(here_section=_here_section())
    return rows_with_section


def matching_listings(question: Question) -> ListingRows:
    """The candidates that fit every facet, without what is shown only on request and was not asked for."""
    rows = candidate_listings(question)
    for facet in facets.FACETS:
        if values := question.values(facet.name):
            rows = rows.filter(facet.filter_q(values))
    shown: ListingRows = rows.filter(Q(on_request__in=facets.shown_visibilities(question)) | Q(whole_name=0))
    return shown


def order_listings(rows: ListingRows, question: Question) -> ListingRows:
    """`best`: whole name, known clear, section, at home, words, rank, reach, distance, assured, kind, name.

    `rank` goes by fit, with the kinds that are folded last.

    Another country's line never stands before one's own, however well its words match. To whoever browses an
    area, what is in it stands first in each section.
    """
    rows = rows.annotate(
        not_known=_not_known(question),
        abroad=Case(When(reach=ELSEWHERE, then=1), default=0, output_field=IntegerField()),
    )
    if question.sort == Sort.NEXT_MEETING:
        rows = rows.annotate(next_meeting=next_start(question.when, question.now, question.zone))
    equals = ("kind", "name_key", "public_id")
    orders: dict[str, Sequence[Any]] = {
        Sort.BEST: (
            *(
                "whole_name",
                "not_known",
                "here_section",
                "abroad",
                *_in_the_area_first(question),
                "word_rank",
            ),
            *("rank", "reach", "distance2", "-assured_on", *equals),
        ),
        Sort.DISTANCE: ("not_known", "distance2", "fit", "reach", *equals),
        Sort.NEXT_MEETING: (
            *("not_known", F("next_meeting").asc(nulls_last=True), "fit", "reach", "distance2", *equals),
        ),
        Sort.ASSURED: ("not_known", "-assured_on", "fit", "reach", "distance2", *equals),
        Sort.NAME: ("not_known", "name_key", "reach", "distance2", "public_id"),
    }
    return rows.order_by(*orders[question.sort])


def _in_the_area_first(question: Question) -> tuple[Case, ...]:
    afar = Case(When(reach=HERE, then=0), default=1, output_field=IntegerField())
    return (afar,) if question.area else ()


def _not_known(question: Question) -> Any:
    """1 where it is kept because nobody has looked whether it fits, as with what is to be avoided."""
    given = [(facet, values) for facet in facets.FACETS if (values := question.values(facet.name))]
    known = [condition for facet, values in given if (condition := facet.known_q(values)) is not None]
    if not known:
        return Value(0)
    return Case(When(Q(*known), then=0), default=1, output_field=IntegerField())


def _here_section() -> Case:
    return Case(
        When(reach=HERE, section=Section.SERVES_YOU.number, then=Section.NEAR_YOU.number),
        default=F("section"),
        output_field=IntegerField(),
    )


# ---- place


class _Surroundings(NamedTuple):
    """What is here, and which service areas hold what was asked about, by how they reach it."""

    here: Q
    serving: dict[int, Q]


def _surroundings(question: Question) -> _Surroundings | None:
    """Of the place, or of the area that is browsed; None where neither was given."""
    if question.place is not None:
        keys: dict[int, list[str]] = {}
        for key in area_keys(question.place):
            keys.setdefault(_reach_of_area(key), []).append(key)
        serving = {reach: Q(area__in=names) for reach, names in keys.items()}
        return _Surroundings(_within_radius_q(question.place, question.within.km), serving)
    if question.area is not None:
        return _Surroundings(_in_area_q(question.area), _areas_around(question.area))
    return None


def _place_columns(question: Question) -> dict[str, Any]:
    around = _surroundings(question)
    distance2: Any = Value(NO_DISTANCE, output_field=FloatField())
    if question.place is not None:
        distance2 = Coalesce(_squared_chord(question.place), Value(NO_DISTANCE), output_field=FloatField())
    return {
        "reach": _reach_from(around) if around else _reach_without_place(question.default_country),
        "distance2": distance2,
    }


def _reachable(question: Question) -> ListingRows:
    """Everything, where no place was given; else what is here, and what serves the place from afar.

    A service that is here in one of its places is not met again from afar through another.
    """
    around = _surroundings(question)
    if around is None:
        return Listing.objects.all()
    met_here = Listing.objects.filter(around.here).values("service_id")
    serving = _listings_serving(reduce(or_, around.serving.values()))
    return Listing.objects.filter(around.here | Q(pk__in=serving) & ~Q(service_id__in=met_here))


def _in_area_q(area: BrowseArea) -> Q:
    """What is in that region; in a country without one, where only the country is stated.

    The places are looked up first: joined, every listing would be read (5 against 24 ms for 11,785 clinics).
    """
    places = ServiceAtLocation.objects.filter(
        location__country=area.country, location__region=area.region
    ).order_by()
    return Q(service_at_location__in=places.values("pk"))


def _areas_around(area: BrowseArea) -> dict[int, Q]:
    """A part of the region, the region, its country, the world.

    Of a country by itself its parts are left out: each has a page of its own.
    """
    wider = {COUNTRY: Q(area=area.country), WORLD: Q(area="*")}
    if not area.region:
        return wider
    return {AREA: Q(area__startswith=f"{area.key}/"), REGION: Q(area=area.key), **wider}


def _remote_q(question: Question) -> Q:
    """Serves an area; and where the place itself is near, by more than going there.

    Only one place of a service carries its areas, so a near one asks what the service serves.
    """
    afar = Format.everything() - Format.mask((Format.IN_PERSON, Format.HOME_VISIT))
    areas = (
        ListingArea.objects.filter(area__in=area_keys(question.place))
        if question.place
        else ListingArea.objects
    )
    serving_services = Q(service_id__in=areas.values("listing__service_id"))
    from_here = Q(reach=HERE) & serving_services & Q(facets.any_bit("formats", afar))
    return from_here | (~Q(reach=HERE) & Q(pk__in=areas.values("listing_id")))


def _reach_without_place(country: str) -> Case:
    """One's own country stands before the world, and the world before other countries."""
    within = Q(area=country) | Q(area__startswith=f"{country}-") | Q(area__startswith=f"{country}:")
    return Case(
        When(Q(country=country) | Q(pk__in=_listings_serving(within)), then=COUNTRY),
        When(pk__in=_listings_serving(Q(area="*")), then=WORLD),
        default=ELSEWHERE,
        output_field=IntegerField(),
    )


def _reach_from(around: _Surroundings) -> Case:
    """The narrowest way in which a reachable listing reaches what was asked about."""
    return Case(
        When(around.here, then=HERE),
        *(When(pk__in=_listings_serving(areas), then=reach) for reach, areas in around.serving.items()),
        default=ELSEWHERE,
        output_field=IntegerField(),
    )


def _within_radius_q(place: FoundPlace, km: float) -> Q:
    """Points within `km`: the grid's cells first, which an index finds, then the exact test."""
    cells = covering(place.point, km)
    touched = Q()
    for first, last in cells.ranges:
        touched |= Q(**{f"{cells.grid}__range": (first, last)})
    return touched & Q(LessThanOrEqual(_squared_chord(place), chord2_of_km(km)))


def _squared_chord(place: FoundPlace) -> Any:
    """The squared chord from the place to a listing's point: plain arithmetic, no trigonometry in SQL."""
    x, y, z = (Value(part, output_field=FloatField()) for part in place.point.unit_vector())
    dx, dy, dz = F("x") - x, F("y") - y, F("z") - z
    return ExpressionWrapper(dx * dx + dy * dy + dz * dz, output_field=FloatField())


def _listings_serving(areas: Q) -> ListingRows:
    return ListingArea.objects.filter(areas).values("listing_id")


def _reach_of_area(key: str) -> int:
    if key == "*":
        return WORLD
    if ":" in key or "/" in key:
        return AREA
    return REGION if "-" in key else COUNTRY


# ---- price and words


def _affordable(max_price: int, currency: str) -> Q:
    """Something is stated to cost at most this; zero is met only by what nobody has to pay for."""
    nobody_pays = Q(facets.any_bit("cost", Cost.mask(NOBODY_PAYS)))
    if max_price == 0:
        return nobody_pays
    leading = Q(currency__in=("", currency)) & Q(min_price__lte=max_price)
    beside = ListingPrice.objects.filter(currency=currency, min_price__lte=max_price)
    return nobody_pays | leading | Q(pk__in=beside.values("listing_id"))


def _with_words(rows: ListingRows, text: str) -> ListingRows:
    """Every word is wanted, somewhere. Text without a letter or a digit asks for what nothing holds."""
    terms = parse_terms(text)
    if not terms:
        plain: ListingRows = rows.annotate(whole_name=Value(1), word_rank=Value(0))
        return plain.none() if text else plain
    matching: ListingRows = rows.filter(pk__in=text_index().matching(terms, COLUMNS)).annotate(
        whole_name=_whole_name(text), word_rank=_word_rank(terms)
    )
    return matching


def _whole_name(text: str) -> Case:
    folded = fold(text)
    whole = Q(text__name_exact=folded) | Q(text__organization_exact=folded)
    return Case(When(whole, then=0), default=1, output_field=IntegerField())


def _word_rank(terms: Sequence[QueryTerm]) -> Case:
    index, narrower = text_index(), range(len(COLUMNS) - 1)
    return Case(
        *(When(pk__in=index.matching(terms, COLUMNS[: last + 1]), then=last) for last in narrower),
        default=len(COLUMNS) - 1,
        output_field=IntegerField(),
    )
