"""The rules of a search, each a pure function of what the listings state and of the question, as sets.

What reaches whom, what is shown, what fits, what is known of it, and what stands before what: change a rule
here and nowhere else. `finding.py` applies them, counts and cuts a page. A set is an integer with one bit for
each listing (`catalog.py`), so `&` is "and", `|` is "or", `& ~` is "but not".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import NamedTuple

from resources.geo.geocoding import FoundPlace, area_keys
from resources.search.backends.base import COLUMNS
from resources.search.catalog import Catalog, holds, members, set_of, union
from resources.search.facets import FACETS, LOSS
from resources.search.question import BrowseArea, Question, Reach
from resources.search.standing import PARTS
from resources.search.tokens import QueryTerm, parse_terms
from resources.vocabulary import (
    FOCUS_TOPICS,
    NOBODY_PAYS,
    Caution,
    Cost,
    Fit,
    Format,
    Loss,
    Section,
    Visibility,
)

# How a listing reaches a visitor, nearest first. ELSEWHERE is only met where no place was given.
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
MET_IN_PERSON = Format.mask((Format.IN_PERSON, Format.HOME_VISIT))
REMOTE_FORMATS = Format.everything() - MET_IN_PERSON
MAX_PRICE = "max_price"


# ---- reach


@dataclass(frozen=True)
class Reaches:
    """One set for each way of reaching the visitor, by HERE to ELSEWHERE; no listing is in two.

    `chords` is the squared chord to each of those near the place that was asked about, `serving` what serves
    each of the areas it is in, near or not.
    """

    sets: Sequence[int]
    chords: Mapping[int, float]
    serving: Sequence[int] = ()

    @property
    def here(self) -> int:
        return self.sets[HERE]


def reaches(catalog: Catalog, question: Question) -> Reaches:
    """Return how each listing reaches the place or area of a question.

    A service that is here in one of its places is not met again from afar through another.
    """
    if question.place is not None:
        here, chords = _here(catalog, question, question.place)
        areas = _areas_about(catalog, question, question.place)
        return Reaches(_nearest_first(catalog, here, areas), chords, [serving for _reach, serving in areas])
    if question.area is not None:
        here = catalog.in_place(f"{question.area.country}-{question.area.region}")
        areas = _areas_around(catalog, question.area)
        return Reaches(_nearest_first(catalog, here, areas), {}, [serving for _reach, serving in areas])
    own = catalog.alive & catalog.having("home", question.default_country)
    world = catalog.alive & catalog.serving("*") & ~own
    return Reaches((0, 0, 0, own, world, catalog.alive & ~own & ~world), {})


def _here(catalog: Catalog, question: Question, place: FoundPlace) -> tuple[int, Mapping[int, float]]:
    """Return what is in a region or country, or in an area and within a distance; with the chords to it."""
    whole = question.whole
    if place.is_anywhere:
        return 0, {}
    if whole is not None:
        return catalog.in_place(whole.key) if whole.region else catalog.in_country(whole.country), {}
    chords = catalog.near(place.point, question.within.km) if question.within.number else {}
    return set_of(list(chords)) | catalog.in_boxes(place.boxes), chords


def _areas_about(catalog: Catalog, question: Question, place: FoundPlace) -> list[tuple[int, int]]:
    """Return what serves the place, narrowest first; of a region or country, what serves a part of it too."""
    whole = question.whole
    if whole is None:
        return [(reach_of_area(key), catalog.serving(key)) for key in area_keys(place)]
    if whole.region:
        return _areas_around(catalog, whole)
    return [(AREA, catalog.serving_parts(whole.country)), *_areas_around(catalog, whole)]


def _nearest_first(catalog: Catalog, here: int, areas: Sequence[tuple[int, int]]) -> list[int]:
    """Part what is here and what serves any of the areas by the narrowest way in which it reaches."""
    here &= catalog.alive
    sets = [here, 0, 0, 0, 0, 0]
    several = members(here & catalog.having("has_siblings", 0))
    met = set_of([sibling for slot in several for sibling in catalog.siblings(slot)])
    rest = catalog.alive & ~here & ~met
    for reach, serving in areas:
        sets[reach] |= rest & serving
        rest &= ~serving
    return sets


def reach_of_area(key: str) -> int:
    """Return how a service area reaches a place within it: "*", "US", "US-TX", "US-TX/dallas", "US:75201"."""
    if key == "*":
        return WORLD
    if ":" in key or "/" in key:
        return AREA
    return REGION if "-" in key else COUNTRY


def _areas_around(catalog: Catalog, area: BrowseArea) -> list[tuple[int, int]]:
    """Return a part of the region, the region, its country, the world.

    Of a country by itself its parts are left out: each has a page of its own.
    """
    wider = [(COUNTRY, catalog.serving(area.country)), (WORLD, catalog.serving("*"))]
    if not area.region:
        return wider
    return [(AREA, catalog.serving_within(area.key)), (REGION, catalog.serving(area.key)), *wider]


# ---- what is asked beside the facets


def within_reach(catalog: Catalog, question: Question, reached: Reaches) -> int:
    """Return what is near, or what helps from afar, as `reach` asks; else all that reaches at all."""
    everything = union(reached.sets)
    if question.reach == Reach.LOCAL:
        return reached.here if question.place else everything & catalog.having("located", 0)
    if question.reach == Reach.REMOTE:
        return everything & from_afar(catalog, question, reached.here)
    return everything


def from_afar(catalog: Catalog, question: Question, here: int) -> int:
    """Return what serves an area otherwise than by being gone to.

    What is here has to state another way; what is not must not state only to meet in person.
    """
    place = question.place
    areas = _areas_about(catalog, question, place) if place else [(WORLD, catalog.having("serves", 0))]
    serving = catalog.alive & union(serving for _reach, serving in areas)
    remote = catalog.having_any("formats", REMOTE_FORMATS)
    only_met = catalog.having_any("formats", MET_IN_PERSON) & ~remote
    return serving & ~here & ~only_met | _of_services(catalog, here, serving) & remote


def _of_services(catalog: Catalog, here: int, serving: int) -> int:
    """Return what is here of the services in `serving`: only one place of a service carries its areas."""
    serves = holds(serving)
    several = members(here & ~serving & catalog.having("has_siblings", 0))
    return here & serving | set_of([slot for slot in several if any(map(serves, catalog.siblings(slot)))])


def affordable(catalog: Catalog, max_price: int, currency: str) -> Fact:
    """Return what is stated to cost at most this; zero is met only by what nobody has to pay for."""
    nobody_pays = catalog.having_any("cost", Cost.mask(NOBODY_PAYS))
    if not max_price:
        return Fact(nobody_pays, catalog.having("cost", Cost.UNKNOWN.number))
    stated = nobody_pays | catalog.costing(max_price, currency)
    return Fact(stated, catalog.alive & ~stated & ~catalog.having("priced", 0))


def by_words(catalog: Catalog, text: str) -> list[int]:
    """Return what has every word: those that have them all in the name, then those anywhere wider.

    Text without a letter or a digit asks for what nothing has.
    """
    if not text:
        return [catalog.alive]
    terms = parse_terms(text)
    if not terms:
        return [0]
    found = [having_terms(catalog, terms, width) for width in range(1, len(COLUMNS) + 1)]
    return [wider & ~narrower for narrower, wider in zip([0, *found], found, strict=False)]


def called(catalog: Catalog, text: str, ranks: Sequence[int]) -> int:
    """Return what is shown only on request, where it alone has the words, in its name or its owner's."""
    unasked = catalog.having("on_request", Visibility.NOTHING.number)
    return 0 if not text or union(ranks) & unasked else union(ranks[:-1]) & catalog.alive


def having_terms(catalog: Catalog, terms: Sequence[QueryTerm], width: int) -> int:
    """Return what has every one of the terms somewhere in the first `width` columns of words."""
    found = catalog.alive
    for term in terms:
        literals = [term.tokens] if term.is_phrase else [(token,) for token in term.tokens]
        literal = reduce(and_, (_saying(catalog, tokens, width) for tokens in literals))
        found &= literal | union(_saying(catalog, (concept,), width) for concept in term.concepts)
    return found


def _saying(catalog: Catalog, tokens: tuple[str, ...], width: int) -> int:
    return union(catalog.saying(tokens, column) for column in range(width))


# ---- facts that are asked for


class Fact(NamedTuple):
    """What is stated to match a parameter, and what does not state whether it does."""

    stated: int
    unknown: int


def facts(catalog: Catalog, question: Question) -> dict[str, Fact]:
    """Return by its parameter each fact that is asked for: of every facet, and the price."""
    found = {
        facet.name: Fact(facet.matching(catalog, values), facet.unknown(catalog, values))
        for facet in FACETS
        if (values := question.values(facet.name))
    }
    if question.max_price is not None:
        found[MAX_PRICE] = affordable(catalog, question.max_price, question.currency)
    return found


def shown(catalog: Catalog, visibilities: set[int], whole_name: int) -> int:
    """Return what may be shown: what these visibilities open, and what was called by its whole name."""
    return whole_name | union(catalog.having("on_request", number) for number in visibilities)


# ---- what stands before what


def sections(catalog: Catalog, question: Question, reached: Reaches) -> dict[Section, int]:
    """Return the listings of each section, in their order.

    Where a listing stands from afar and where it stands here, `standing.section_of` says. A line whose area
    does not cover the visitor's is no line to them.
    """
    here, far = reached.here, catalog.alive & ~reached.here
    found = {
        section: far & catalog.having("section", section.number)
        | here & catalog.having("section_here", section.number)
        for section in Section
    }
    if lines := found[Section.BY_PHONE] & here:
        elsewhere = lines & ~_covering(catalog, lines, reached)
        found[Section.BY_PHONE] &= ~elsewhere
        found[Section.LOOK_FURTHER] |= elsewhere
    return found


def _covering(catalog: Catalog, lines: int, reached: Reaches) -> int:
    """Return the lines that serve the visitor, though they are met by being near; or that state no area."""
    stated = _of_services(catalog, lines, catalog.having("serves", 0))
    return _of_services(catalog, lines, union(reached.serving)) | lines & ~stated


def in_order(found: Mapping[Section, int], leading: int) -> list[Section]:
    """Return the sections in their order: lines lead unless something of what may lead is near."""
    order = list(found)
    if not found[Section.NEAR_YOU] & leading:
        order.insert(0, order.pop(order.index(Section.BY_PHONE)))
    return order


def country_of(question: Question) -> str:
    """Return the visitor's country, as far as the question tells; "" in the middle of an ocean."""
    asked = question.place or question.area
    return asked.country if asked else question.default_country


def from_home(catalog: Catalog, question: Question, reached: Reaches) -> list[int]:
    """Return what is in the visitor's own country or serves it, then what is not.

    Without a place, what serves the world stands before what another country keeps for itself.
    """
    country = country_of(question)
    if not country:
        return [catalog.alive]
    home, elsewhere = catalog.alive & catalog.having("home", country), reached.sets[ELSEWHERE]
    return [home, catalog.alive & ~home & ~elsewhere, elsewhere & ~home]


def by_loss(catalog: Catalog, question: Question) -> list[int]:
    """Return what names the loss that is asked for, then what is open to any."""
    values = question.values(LOSS.name)
    if not values or Loss.ANY_LOSS in values:
        return [catalog.alive]
    named = LOSS.saying_this(catalog, values)
    return [named, catalog.alive & ~named]


def in_section(catalog: Catalog, doubtful: int) -> list[list[int]]:
    """Return the levels of order within a section before the words: what is doubtful, or for some, last."""
    for_some = catalog.having("cautions", Caution.FOR_SOME.number)
    return [[catalog.alive & ~late, late] for late in (doubtful, for_some) if late]


def by_fit(catalog: Catalog, *, is_measured: bool) -> list[list[int]]:
    """Return the levels of order after the words: by part of the section and fit.

    Then by focus, unless distance is measured: of clinics near a place the nearest lead.
    """
    levels = [
        [catalog.having("part", number) for number in PARTS],
        [catalog.having("fit", fit.number) for fit in Fit],
    ]
    focus = [catalog.having("focus", number) for number in range(len(FOCUS_TOPICS) + 1)]
    return levels if is_measured else [*levels, focus]
