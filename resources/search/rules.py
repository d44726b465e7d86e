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

from resources.geo.geocoding import FoundPlace, area_keys
from resources.search.backends.base import COLUMNS
from resources.search.catalog import Catalog, holds, members, set_of, union
from resources.search.facets import FACETS, Facet
from resources.search.question import BrowseArea, Question, Reach
from resources.search.tokens import QueryTerm, parse_terms
from resources.vocabulary import FOCUS_TOPICS, NOBODY_PAYS, Cost, Fit, Format, Kind, Section

# How a listing reaches a visitor, nearest first. ELSEWHERE is only met where no place was given.
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
REMOTE_FORMATS = Format.everything() - Format.mask((Format.IN_PERSON, Format.HOME_VISIT))
# Clinics listed after the general ones: nobody who looks for support should see a scan unit first.
FOLDED_KINDS = (Kind.SPECIALIST_CLINIC, Kind.MENTAL_HEALTH_CLINIC)


# ---- reach


@dataclass(frozen=True)
class Reaches:
    """One set for each way of reaching the visitor, by HERE to ELSEWHERE; no listing is in two.

    `chords` is the squared chord to each of those near the place that was asked about.
    """

    sets: Sequence[int]
    chords: Mapping[int, float]

    @property
    def here(self) -> int:
        return self.sets[HERE]


def reaches(catalog: Catalog, question: Question) -> Reaches:
    """Return how each listing reaches the place or area of a question.

    A service that is here in one of its places is not met again from afar through another.
    """
    if question.place is not None:
        here, chords = _here(catalog, question, question.place)
        return Reaches(_nearest_first(catalog, here, _areas_about(catalog, question, question.place)), chords)
    if question.area is not None:
        here = catalog.in_place(f"{question.area.country}-{question.area.region}")
        return Reaches(_nearest_first(catalog, here, _areas_around(catalog, question.area)), {})
    own = catalog.alive & catalog.having("home", question.default_country)
    world = catalog.alive & catalog.serving("*") & ~own
    return Reaches((0, 0, 0, own, world, catalog.alive & ~own & ~world), {})


def _here(catalog: Catalog, question: Question, place: FoundPlace) -> tuple[int, Mapping[int, float]]:
    """Return what is in a region or country, or in an area and within a distance; with the chords to it."""
    whole = question.whole
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
    """Return what serves an area; of what is here, what does so otherwise than by going there.

    Only one place of a service carries its areas, so a near one asks what the service serves.
    """
    place = question.place
    areas = _areas_about(catalog, question, place) if place else [(WORLD, catalog.having("serves", 0))]
    serving = catalog.alive & union(serving for _reach, serving in areas)
    serves = holds(serving)
    several = members(here & catalog.having("has_siblings", 0))
    of_here = [slot for slot in several if any(map(serves, catalog.siblings(slot)))]
    by_other_means = catalog.having_any("formats", REMOTE_FORMATS)
    return serving & ~here | (here & serving | set_of(of_here)) & by_other_means


def affordable(catalog: Catalog, max_price: int, currency: str) -> int:
    """Return what is stated to cost at most this; zero is met only by what nobody has to pay for."""
    nobody_pays = catalog.having_any("cost", Cost.mask(NOBODY_PAYS))
    return nobody_pays | catalog.costing(max_price, currency) if max_price else nobody_pays


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


# ---- facets


def matching(catalog: Catalog, question: Question) -> dict[Facet, int]:
    """Return what matches each facet that was asked for."""
    return {
        facet: facet.matching(catalog, values) for facet in FACETS if (values := question.values(facet.name))
    }


def known(catalog: Catalog, question: Question) -> int:
    """Return what is known to match, of the facets that also keep what nobody knows about."""
    found = catalog.alive
    for facet in FACETS:
        if values := question.values(facet.name):
            of_facet = facet.known(catalog, values)
            found = found if of_facet is None else found & of_facet
    return found


def shown(catalog: Catalog, visibilities: set[int], whole_name: int) -> int:
    """Return what may be shown: what these visibilities open, and what was called by its whole name."""
    return whole_name | union(catalog.having("on_request", number) for number in visibilities)


# ---- what stands before what


def sections(catalog: Catalog, here: int) -> dict[Section, int]:
    """Return the listings of each section, in their order: what is made for loss and is here leads."""
    found = {section: catalog.having("section", section.number) for section in Section}
    moved = found[Section.SERVES_YOU] & here
    found[Section.NEAR_YOU] |= moved
    found[Section.SERVES_YOU] &= ~moved
    return found


def from_abroad(catalog: Catalog, question: Question, here: int) -> int:
    """Return what is near a place in another country and does not serve that of the place."""
    place = question.place
    if place is None or not place.country or question.whole:
        return 0
    return here & ~catalog.having("home", place.country)


def by_fit(catalog: Catalog) -> list[int]:
    """Return the order within a section: by fit, and the kinds that are folded last, by focus."""
    folded = union(catalog.having("kind", kind.number) for kind in FOLDED_KINDS)
    fits = [catalog.having("fit", fit.number) for fit in Fit]
    focuses = [catalog.having("focus", number) for number in range(len(FOCUS_TOPICS) + 1)]
    return [*(fit & ~folded for fit in fits), *(fit & folded & focus for fit in fits for focus in focuses)]
