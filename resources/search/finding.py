"""From a question to what fits it, its counts, and any page of it in order: set algebra over the catalog.

The rules are in `rules.py`. An order is a list of levels, each a list of sets that part what is found; only
the sets that a page touches are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings

from resources.models import Listing, ListingText
from resources.search import rules
from resources.search.catalog import Catalog, catalog, holds, members, union
from resources.search.facets import AVOID, FACETS, Facet, shown_visibilities
from resources.search.meetings import fitting_meetings, soonest_starts
from resources.search.packing import DAY_BYTES, ID_BYTES, name_of
from resources.search.question import Question, Sort
from resources.search.rules import ELSEWHERE
from resources.search.tokens import fold
from resources.vocabulary import Caution, Section, Visibility

NO_DISTANCE = 9.0  # more than any squared chord: what has no point stands after what has
NO_REQUEST = Visibility.NOTHING.number
Levels = Sequence[Sequence[int]]
Order = Callable[[int, int, int], Sequence[int]]  # of a set, the slots from the first to the last


class Row(NamedTuple):
    """What a question knows of one listing. `distance2` is a squared chord, `pk` the row of Listing.

    `not_known` are the parameters that it does not state whether it matches; `is_doubtful`: leads nothing.
    """

    pk: int
    section: int
    reach: int
    distance2: float
    is_whole_name: bool
    not_known: tuple[str, ...]
    is_doubtful: bool


@dataclass(frozen=True)
class Counts:
    """`sections` counts what fits by section, in their order; `not_known_in` what of that is not stated.

    `hidden` is how many `avoid` left out, and `not_known` how many that are not known to match are in the
    answer, or were left out of it.
    """

    sections: Mapping[str, int]
    not_known_in: Mapping[str, int]
    hidden: int
    not_known: int

    @property
    def count(self) -> int:
        return sum(self.sections.values())


class Finding:
    """What fits one question in one version of the catalog."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.catalog: Catalog = catalog()
        self.reached = rules.reaches(self.catalog, question)
        self.word_ranks = rules.by_words(self.catalog, question.words)
        called = rules.called(self.catalog, question.words, self.word_ranks)
        self.whole_name = self._whole_name() & union(self.word_ranks) | called
        self.candidates = self._candidates()
        self._chords = dict(self.reached.chords)

    def _whole_name(self) -> int:
        """Return what has the words as its name, or as that of its organization. One query, or none."""
        if not (folded := fold(self.question.words)):
            return 0
        texts = ListingText.objects.order_by().values_list("pk", flat=True)
        named = texts.filter(name_exact=folded).union(texts.filter(organization_exact=folded))
        return self.catalog.set_of_ids(list(named))

    def _candidates(self) -> int:
        """Return all that the question allows but for the facts it asks for."""
        question, known = self.question, self.catalog
        found = rules.within_reach(known, question, self.reached) & union(self.word_ranks)
        if question.sections:
            found &= union(self._all_sections[Section(code)] for code in question.sections)
        if question.assured_since:
            found &= known.assured_since(question.assured_since.toordinal())
        if question.organizations:
            listings = Listing.objects.filter(organization_id__in=question.organizations)
            found &= known.set_of_ids(list(listings.values_list("pk", flat=True)))
        if question.when:
            meetings = fitting_meetings(question.when, question.now, question.zone)
            found &= known.set_of_ids(list(meetings.values_list("listing_id", flat=True).distinct()))
        return found

    def _shown(self, visibilities: set[int]) -> int:
        return rules.shown(self.catalog, visibilities, self.whole_name)

    @cached_property
    def facts(self) -> dict[str, rules.Fact]:
        """Each fact that was asked for, by its parameter."""
        return rules.facts(self.catalog, self.question)

    @cached_property
    def fitting(self) -> int:
        """What the answer holds."""
        return self._but_for(None) & self._visible

    @cached_property
    def _visible(self) -> int:
        return self._shown(shown_visibilities(self.question))

    @cached_property
    def known(self) -> int:
        """What is stated to match."""
        found = self.catalog.alive
        for fact in self.facts.values():
            found &= fact.stated
        return found

    @cached_property
    def _unknowns(self) -> list[tuple[str, int]]:
        return [(name, fact.unknown) for name, fact in self.facts.items() if fact.unknown]

    @cached_property
    def _all_sections(self) -> dict[Section, int]:
        return rules.sections(self.catalog, self.question, self.reached)

    @cached_property
    def sections(self) -> dict[Section, int]:
        """The whole catalog by section, in the order of this answer."""
        found = self._all_sections
        home, *_abroad = rules.from_home(self.catalog, self.question, self.reached)
        order = rules.in_order(found, self.fitting & home & ~self._doubtful)
        return {section: found[section] for section in order}

    @cached_property
    def _doubtful(self) -> int:
        near = self._all_sections[Section.NEAR_YOU]
        return near & self.catalog.having("cautions", Caution.DOUBTFUL.number)

    def _but_for(self, left_out: str | None, *, also_unknown: bool | None = None) -> int:
        """Return the candidates that match every fact but one; with what is unknown if the question says."""
        also = self.question.includes_unknown if also_unknown is None else also_unknown
        found = self.candidates
        for name, fact in self.facts.items():
            if name != left_out:
                found &= fact.stated | fact.unknown if also else fact.stated
        return found

    # ---- counts

    def counts(self) -> Counts:
        """Return how many fit, in all and by section."""
        fits, known = self.fitting, self.known
        parts = {str(section): fits & part for section, part in self.sections.items()}
        hidden = not_known = 0
        if avoided := self.question.values(AVOID.name):
            mentioning = AVOID.mentioning(self.catalog, avoided)
            hidden = (self._but_for(AVOID.name) & self._visible & mentioning).bit_count()
        if self._unknowns:
            also = self._but_for(None, also_unknown=True) & self._visible
            not_known = (also & ~known).bit_count()
        return Counts(
            {code: part.bit_count() for code, part in parts.items() if part},
            {code: number for code, part in parts.items() if (number := (part & ~known).bit_count())},
            hidden,
            not_known,
        )

    def facet_counts(self) -> dict[str, dict[str, int]]:
        """Return for each value of each facet how many state it, of what fits all else."""
        return {facet.name: self._counts_of(facet) for facet in FACETS}

    def _counts_of(self, facet: Facet) -> dict[str, int]:
        question = self.question.without(facet.name) if facet.name in self.facts else self.question
        opened = shown_visibilities(question)
        others = self._but_for(facet.name)
        visible = others & self._shown(opened)
        counts = {}
        for value, matching, opens in values_of(facet, self.catalog):
            found = visible if opens in opened else others & self._shown(opened | {opens})
            counts[value] = (found & matching).bit_count() if matching else 0
        return counts

    # ---- order

    def rows(self, first: int = 0, last: int | None = None, *, among: int | None = None) -> list[Row]:
        """Return the rows from the `first` on and before the `last`; of a part of the answer, `among`."""
        return list(self.iterate(first, last, among=among))

    def iterate(self, first: int = 0, last: int | None = None, *, among: int | None = None) -> Iterator[Row]:
        """Yield the same rows one by one."""
        found = self.fitting if among is None else self.fitting & among
        levels, order = self._levels()
        several = [level for level in levels if len(level) > 1]
        return map(self.row, _cut(found, several, order, first, found.bit_count() if last is None else last))

    def _levels(self) -> tuple[Levels, Order]:
        """`best`: whole name, section, known, at home, chosen line, caution, loss, words, part, fit, reach.

        Another country's help never stands before one's own, however well its words match, or however near
        the border is. To whoever browses an area, what is in it stands first in each section.
        """
        known, sort = self.catalog, self.question.sort
        levels: list[Sequence[int]] = [self._parted(self.known)] if self._unknowns else []
        if sort == Sort.BEST:
            named = [self._parted(self.whole_name)] if self.whole_name else []
            area = [self._parted(self.reached.here)] if self.question.area else []
            return [
                *(*named, list(self.sections.values()), *levels),
                *(rules.from_home(known, self.question, self.reached), *area, self._first_lines()),
                *rules.in_section(known, self._doubtful),
                *(rules.by_loss(known, self.question), self.word_ranks),
                *(*rules.by_fit(known, is_measured=self._chord2 is not None), self.reached.sets),
            ], self._as_they_stand
        if sort == Sort.DISTANCE:
            return [*levels, *self._by_distance()], self._nearest_first
        if sort == Sort.ASSURED:
            return levels, self._latest_first
        if sort == Sort.NAME:
            return levels, self._by_name
        starts = known.set_of_ids(list(self._starts))
        return [*levels, self._parted(starts)], self._soonest_first

    def _first_lines(self) -> list[int]:
        """Return the lines that the operator names first, in order, then the rest. One query a version."""
        lines = settings.FIRST_LINES.get(rules.country_of(self.question), ())
        key = ("first lines", *lines)
        if key not in self.catalog.values:
            rows = list(Listing.objects.filter(service_id__in=lines).values_list("service_id", "pk"))
            self.catalog.values[key] = [
                self.catalog.set_of_ids([pk for service, pk in rows if str(service) == line])
                for line in lines
            ]
        lead = self._all_sections[Section.BY_PHONE]
        first = [line & lead for line in self.catalog.values[key] if line & lead]
        return [*first, self.catalog.alive & ~union(first)]

    def _by_distance(self) -> Levels:
        """Return what stands nearer as a whole, so that only a part has to be measured."""
        place, here = self.question.place, self.reached.here
        if place is None or self._chord2 is None:
            return []  # nothing is nearer than anything else
        located, unlocated = self._parted(self.catalog.having("located", 0))
        # What is in a county may be farther from its middle than what is outside.
        return [(located, unlocated) if place.has_extent else (here, located & ~here, unlocated & ~here)]

    def _parted(self, bits: int) -> tuple[int, int]:
        everything = self.catalog.alive
        return everything & bits, everything & ~bits

    def _as_they_stand(self, bits: int, first: int, last: int) -> Sequence[int]:
        """Nearest first, then the rest as the catalog has them."""
        if self._chord2 is None or not bits & self.catalog.having("located", 0):
            return self.catalog.in_order(bits, last)[first:]
        return sorted(self.catalog.in_order(bits), key=self._away)[first:last]

    def _nearest_first(self, bits: int, first: int, last: int) -> Sequence[int]:
        found = sorted(members(bits), key=self._away)

        def tie(slot: int) -> Any:
            return self._fit(slot), self._reach(slot), self._kind_and_name(slot)

        return _page(found, self._away, tie, first, last)

    def _latest_first(self, bits: int, first: int, last: int) -> Sequence[int]:
        found, day_of = self.catalog.in_order(bits), self.catalog.day_of

        def tie(slot: int) -> Any:
            return self._fit(slot), self._reach(slot), self._away(slot), self._kind_and_name(slot)

        return _page(found, day_of, tie, first, last)

    def _by_name(self, bits: int, first: int, last: int) -> Sequence[int]:
        found = self.catalog.in_name_order(bits)

        def tie(slot: int) -> Any:
            return self._reach(slot), self._away(slot), self.catalog.key(slot)[-ID_BYTES:]

        return _page(found, self._name, tie, first, last)

    def _soonest_first(self, bits: int, first: int, last: int) -> Sequence[int]:
        starts, ids = self._starts, self.catalog.ids

        def key(slot: int) -> Any:
            return (
                *(starts.get(ids[slot], 0), self._fit(slot), self._reach(slot), self._away(slot)),
                self._kind_and_name(slot),
            )

        return sorted(members(bits), key=key)[first:last]

    def _fit(self, slot: int) -> int:
        return self.catalog.fits[slot]

    def _name(self, slot: int) -> bytes:
        return name_of(self.catalog.key(slot))[:-ID_BYTES]

    def _kind_and_name(self, slot: int) -> bytes:
        return self.catalog.key(slot)[DAY_BYTES:]

    def _away(self, slot: int) -> float:
        found = self._chords.get(slot)
        if found is None:
            away = self._chord2(slot) if self._chord2 else NO_DISTANCE
            found = self._chords[slot] = away if away == away else NO_DISTANCE  # not a number: no point
        return found

    @cached_property
    def _chord2(self) -> Callable[[int], float] | None:
        place = self.question.place
        if place is None or place.is_anywhere or self.question.whole:
            return None
        return self.catalog.chord2_from(place.point)

    @cached_property
    def _reaches(self) -> list[tuple[int, Callable[[int], bool]]]:
        return [(reach, holds(bits)) for reach, bits in enumerate(self.reached.sets) if bits]

    def _reach(self, slot: int) -> int:
        return next((reach for reach, is_in in self._reaches if is_in(slot)), ELSEWHERE)

    @cached_property
    def _starts(self) -> Mapping[int, datetime]:
        return soonest_starts(self.question.when, self.question.now, self.question.zone)

    @cached_property
    def _tests(self) -> tuple[Callable[[int], bool], Callable[[int], bool], list[Any], list[Any]]:
        sections = [(section.number, holds(part)) for section, part in self.sections.items() if part]
        unknowns = [(name, holds(unknown)) for name, unknown in self._unknowns]
        return holds(self.whole_name), holds(self._doubtful), unknowns, sections

    def row(self, slot: int) -> Row:
        """Return what the question knows of a listing."""
        is_named, is_doubtful, unknowns, sections = self._tests
        return Row(
            pk=self.catalog.ids[slot],
            section=next(number for number, is_in in sections if is_in(slot)),
            reach=self._reach(slot),
            distance2=self._away(slot),
            is_whole_name=is_named(slot),
            not_known=tuple(name for name, is_unknown in unknowns if is_unknown(slot)),
            is_doubtful=is_doubtful(slot),
        )


def _cut(bits: int, levels: Levels, order: Order, first: int, last: int) -> Iterator[int]:
    """Yield the members from the `first` on and before the `last`, parted level by level, then in order."""
    if not levels:
        yield from order(bits, first, last)
        return
    for part in levels[0]:
        if found := bits & part:
            number = found.bit_count()
            if first < number:
                further = levels[1:] if number > 1 else ()
                yield from _cut(found, further, order, max(first, 0), min(last, number))
            first, last = first - number, last - number
            if last <= 0:
                return


def _page(
    found: Sequence[int],
    leading: Callable[[int], Any],
    tie: Callable[[int], tuple[Any, ...]],
    first: int,
    last: int,
) -> Sequence[int]:
    """Return a page of `found`, which `leading` orders: `tie` orders only what is alike to it on the page."""
    start, end = first, min(last, len(found))
    while 0 < start < len(found) and leading(found[start - 1]) == leading(found[start]):
        start -= 1
    while 0 < end < len(found) and leading(found[end - 1]) == leading(found[end]):
        end += 1
    page = sorted(found[start:end], key=lambda slot: (leading(slot), *tie(slot)))
    return page[first - start : last - start]


def in_default_order(known: Catalog, pks: Sequence[int]) -> list[int]:
    """Return these rows of Listing by section, part, fit, name and id, independent of any question."""
    levels = [
        [known.having("section", section.number) for section in Section],
        *rules.by_fit(known, is_measured=False),
    ]

    def by_name(bits: int, first: int, last: int) -> Sequence[int]:
        return sorted(members(bits), key=lambda slot: name_of(known.key(slot)))[first:last]

    found = known.alive & known.set_of_ids(pks)
    return [known.ids[slot] for slot in _cut(found, levels, by_name, 0, found.bit_count())]


def values_of(facet: Facet, known: Catalog) -> list[tuple[str, int, int]]:
    """Return each value with what matches it and what it opens of what is shown only on request."""
    if facet not in known.values:
        known.values[facet] = [
            (
                str(value),
                facet.matching(known, (value,)),
                (facet.on_request_values((value,)) or Visibility.NOTHING).number,
            )
            for value, _label in facet.choices()
        ]
    values: list[tuple[str, int, int]] = known.values[facet]
    return values
