"""The answer to any question, worked out over all listings."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from resources.geo.extents import Box
from resources.geo.geocoding import FoundPlace
from resources.geo.names import county_key
from resources.search.synonyms import TABLE, parse_lines
from resources.search.tokens import STOP_WORDS, fold
from resources.vocabulary import Format
from resources.wording import KM_PER_MILE
from tests.reference.asking import ReferenceQuestion
from tests.reference.calendar import Meeting, MeetingFacts
from tests.reference.finding import FACETS, OPENED_BY
from tests.reference.records import Entry
from tests.reference.sets import all_of, any_of, each_once, members, place_in, set_of, things, tokens
from tests.reference.words import Wanted, parse_words, tokens_in

EARTH_RADIUS_KM = 6371.0088
RIM_KM = 1e-6  # a millimetre: nearer to the rim of a circle than this, arithmetic may say either
NOWHERE = math.inf
# Whoever asks for one of these meets nobody who teaches against abortion.
NEVER_OPPOSED = {"tfmr", "abortion", "ectopic"}
SECTIONS = ("near_you", "serves_you", "lower_cost_counselling", "general_clinics", "look_further")
REASONS = ("near_you", "serves_your_area", "serves_your_state", "national", "online", None)
HERE, AREA, REGION, COUNTRY, WORLD, ELSEWHERE = range(6)
NAME, TERMS, ORGANIZATION, TEXT = range(4)
MAX_MEETINGS = 3


class Result(NamedTuple):
    """A listing in an answer, by all that may decide its order: what is lower stands first.

    `next_meeting` is when the first of its fitting meetings begins, in seconds; `meetings` are the first
    three.
    """

    id: str
    not_whole: bool  # the words are not its whole name
    not_known: bool  # to be clear of what is to be avoided
    section: int
    abroad: bool
    rank: int  # of its words
    folded: bool  # a kind that stands last in its section
    fit: int
    focus: int  # of a mental health clinic: whom it has a program for
    reach: int
    km: float
    unassured: int  # the day it was last checked, below zero
    kind: int
    name: str
    next_meeting: float
    meetings: tuple[Meeting, ...]


ORDERS = {
    "best": attrgetter(
        *("not_whole", "not_known", "section", "abroad", "rank", "folded", "fit", "focus", "reach", "km"),
        *("unassured", "kind", "name", "id"),
    ),
    "distance": attrgetter("not_known", "km", "fit", "reach", "kind", "name", "id"),
    "next_meeting": attrgetter("not_known", "next_meeting", "fit", "reach", "km", "kind", "name", "id"),
    "assured": attrgetter("not_known", "unassured", "fit", "reach", "km", "kind", "name", "id"),
    "name": attrgetter("not_known", "name", "reach", "km", "id"),
}


@dataclass(frozen=True)
class Expected:
    """What the API must answer to `asked`, which is the question as it was mended and widened."""

    question: ReferenceQuestion
    results: list[Result]
    sections: dict[str, int]
    facets: dict[str, dict[str, int]]
    hidden: int
    not_known: int
    relaxed: tuple[tuple[str, str, str], ...] = ()
    corrected: str = ""


class Reference:
    """The catalogue, and what any question must find in it."""

    def __init__(self, entries: Sequence[Entry], default_country: str) -> None:
        self.entries = entries
        self.everything = (1 << len(entries)) - 1
        self.distances: dict[tuple[float, float], list[float]] = {}
        self.found_by = {name: self._sets(finds) for name, (_values, finds) in FACETS.items()}
        self.clear = self._sets(lambda entry: map(str, entry.service.content_clear))
        self.by_request = self._sets(lambda entry: [entry.on_request])
        self.by_area = self._sets(lambda entry: entry.areas)
        self.of_service: dict[UUID, list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            self.of_service[entry.service.pk].append(number)
        self.by_name = self._sets(lambda entry: entry.whole_names)
        self.by_token = [self._sets(partial(tokens, column)) for column in range(4)]
        self.by_thing = [self._sets(partial(things, column)) for column in range(4)]
        self.opposing = self.where(lambda entry: "opposes_abortion" in entry.service.content_notes)
        self.on_the_map = self.where(lambda entry: entry.point is not None)
        self.otherwise_than_going = self.where(
            lambda entry: bool(set(entry.service.formats) - {Format.IN_PERSON, Format.HOME_VISIT})
        )
        self.at_home = self.where(lambda entry: default_country in entry.countries)

    def _sets(self, keys_of: Callable[[Entry], Iterable[Any]]) -> Mapping[Any, int]:
        """For each key the set of the listings that have it; the empty set for any other."""
        sets: dict[Any, int] = defaultdict(int)
        for number, entry in enumerate(self.entries):
            for key in keys_of(entry):
                sets[key] |= 1 << number
        return sets

    def where(self, holds: Callable[[Entry], bool]) -> int:
        return int("".join("1" if holds(entry) else "0" for entry in reversed(self.entries)) or "0", 2)

    # ---- answering

    def answer(self, question: ReferenceQuestion) -> Expected:
        """What fits; where nothing does, what fits it with its words mended, or else asked more widely."""
        strict = self.strict_answer(question)
        if strict.results:
            return strict
        corrected = self.corrected_text(question.words)
        if corrected:
            question = replace(question, words=corrected)
            strict = replace(self.strict_answer(question), corrected=corrected)
        if strict.results:
            return strict
        if question.words and not self.containing(question.words, range(4)):
            shorter = self.answer_to_fewer_words(question)
            if shorter.results:
                return shorter
        for wider, relaxed in relaxed_questions(question):
            wider_answer = self.strict_answer(wider)
            if wider_answer.results:
                return replace(wider_answer, relaxed=relaxed, corrected=corrected)
        shorter = self.answer_to_fewer_words(question)
        return shorter if shorter.results else strict

    def answer_to_fewer_words(self, question: ReferenceQuestion) -> Expected:
        """What fits with the first of ever fewer words that finds anything."""
        answer = self.strict_answer(question)
        for text in self.shorter_texts(question.words):
            if text and text != question.words and not answer.results:
                answer = replace(self.strict_answer(replace(question, words=text)), corrected=text)
        return answer

    def shorter_texts(self, text: str) -> Iterator[str]:
        """Without quotation marks; what anything says; all but one of that; what has a name of its own."""
        if '"' in text:
            text = " ".join(text.replace('"', " ").split())
            yield text
        wanted = parse_words(text)[:12]
        said = [term for term in wanted if self.containing(" ".join(term.words), range(4))]
        if len(said) < len(wanted):
            yield _as_text(said)
        if len(said) > 2:
            for left_out in [*(t for t in said if not t.things), *(t for t in said if t.things)]:
                yield _as_text([term for term in said if term != left_out])
        meant = [term for term in said if term.things]
        yield _as_text(meant)
        for term in meant:
            yield _as_text([term])

    def strict_answer(self, question: ReferenceQuestion) -> Expected:
        reaches = self.reaches(question)
        pool = self.allowed(question, reaches)
        matching_facets = {facet: self.matching(facet, question.values(facet)) for facet in FACETS}
        fitting = all_of([pool, self.shown(question), *matching_facets.values()])
        clear = all_of([self.everything, *(self.clear[value] for value in question.values("avoid"))])
        but_for_avoid = all_of(
            [pool, self.shown(question), *(matching_facets[name] for name in FACETS if name != "avoid")]
        )
        results = self.results(question, fitting, clear, reaches)
        sections = Counter(SECTIONS[result.section] for result in results)
        return Expected(
            question=question,
            results=results,
            sections={name: sections[name] for name in SECTIONS if sections[name]},
            facets={facet: self.counts(question, facet, pool, matching_facets) for facet in FACETS},
            hidden=(but_for_avoid & ~matching_facets["avoid"]).bit_count(),
            not_known=(fitting & ~clear).bit_count(),
        )

    def counts(
        self, question: ReferenceQuestion, facet: str, pool: int, matching_facets: Mapping[str, int]
    ) -> dict[str, int]:
        """For each value how many would fit if it were the one value asked for, all else unchanged."""
        others = all_of([pool, *(matching_facets[other] for other in FACETS if other != facet)])
        return {
            value: (
                others & self.matching(facet, (value,)) & self.shown(question.with_values(facet, (value,)))
            ).bit_count()
            for value in FACETS[facet][0]
        }

    def matching(self, facet: str, values: Iterable[str]) -> int:
        values = set(values)
        sets = [self.found_by[facet][value] for value in values]
        if not sets:
            return self.everything
        if facet == "loss" and not NEVER_OPPOSED.isdisjoint(values):
            return any_of(sets) & ~self.opposing
        return all_of(sets) if facet == "avoid" else any_of(sets)

    def shown(self, question: ReferenceQuestion) -> int:
        """What is always shown, what was asked for, and what was called by its whole name."""
        opened = [
            facet for facet, values in OPENED_BY.items() if not values.isdisjoint(question.values(facet))
        ]
        said = {thing for term in parse_words(question.words) for thing in term.things}
        opened += [facet for thing, facet in (("abortion", "loss"), ("crisis", "kind")) if thing in said]
        return any_of([self.whole_name(question), *(self.by_request[facet] for facet in ("", *opened))])

    def meetings(
        self, question: ReferenceQuestion, first: date | None, last: date | None
    ) -> list[tuple[MeetingFacts, str]]:
        """What meets between two local days, both included, and the id of its listing: as it begins.

        The question is neither mended nor widened. Of what begins together the name decides, then the ids of
        the listing and the schedule.
        """
        matching_facets = [self.matching(facet, question.values(facet)) for facet in FACETS]
        fitting = all_of(
            [self.allowed(question, self.reaches(question)), self.shown(question), *matching_facets]
        )
        rows = [
            (meeting.starts, entry.name_key, entry.id, meeting.schedule, meeting)
            for entry in map(self.entries.__getitem__, members(fitting))
            for meeting in question.meetings(entry)
            if (first or meeting.day) <= meeting.day <= (last or meeting.day)
        ]
        return [(meeting.facts(), public_id) for *_order, public_id, _schedule, meeting in sorted(rows)]

    # ---- place

    def reaches(self, question: ReferenceQuestion) -> list[int]:
        """The listings that reach the visitor, by how: here, area, state, country, world, elsewhere.

        Who is here in one place is not met again from afar by another. Where no place was given, one's own
        country stands first, then the world, then all others.
        """
        if question.place is None:
            return each_once([0, 0, 0, self.at_home, self.by_area["*"], self.everything])
        here = self.here(question)
        met_here = set_of(
            other for number in members(here) for other in self.of_service[self.entries[number].service.pk]
        )
        levels = [here, 0, 0, 0, 0, 0]
        for area, level in self.areas_about(question.place):
            levels[level] |= self.by_area[area] & ~met_here
        return each_once(levels)

    def areas_about(self, place: FoundPlace) -> list[tuple[str, int]]:
        """The areas that hold a place, and those in the region or country that was asked about."""
        areas = areas_around(place)
        if not is_whole(place):
            return areas
        starts = (
            (f"{place.country}-{place.region}/",)
            if place.region
            else tuple(f"{place.country}{mark}" for mark in "-:")
        )
        return [*areas, *((area, AREA) for area in list(self.by_area) if area.startswith(starts))]

    def here(self, question: ReferenceQuestion) -> int:
        """What is within the radius, in a box of the area, or in the region or country asked about."""
        place = question.place
        assert place
        if is_whole(place):
            return self.where(lambda entry: entry.is_in(place.country, place.region))
        radius, away = question.km, self.kilometers(place)
        near = set_of(number for number, km in enumerate(away) if km <= radius and radius > 0)
        if not place.boxes:
            return near
        return near | self.where(lambda entry: entry.point is not None and in_a_box(entry.point, place.boxes))

    def kilometers(self, place: FoundPlace | None) -> list[float]:
        """How far each listing is; infinitely, where it has no point or none was given."""
        if place is None or is_whole(place):
            return [NOWHERE] * len(self.entries)
        at = place.point.latitude, place.point.longitude
        if at not in self.distances:
            self.distances[at] = [
                great_circle_km(at, entry.point) if entry.point else NOWHERE for entry in self.entries
            ]
        return self.distances[at]

    def is_on_the_rim(self, question: ReferenceQuestion) -> bool:
        """Whether some listing is so near to the edge of the circle that arithmetic alone decides."""
        radii = {question.km, 160, 100 * KM_PER_MILE}
        return any(abs(km - radius) <= RIM_KM for km in self.kilometers(question.place) for radius in radii)

    # ---- all that is no facet

    def allowed(self, question: ReferenceQuestion, reaches: Sequence[int]) -> int:
        pool = any_of(reaches) & self._reached(question, reaches)
        if question.max_price is not None:
            pool &= self.where(lambda entry: is_affordable(entry, question))
        if question.organizations:
            pool &= self.where(lambda entry: entry.service.organization_id in question.organizations)
        if question.time_conditions:
            pool &= self.where(lambda entry: any(question.meetings(entry)))
        if question.since:
            since = question.since.toordinal()
            pool &= self.where(lambda entry: entry.assured >= since)
        return pool & self.containing(question.words, range(4))

    def _reached(self, question: ReferenceQuestion, reaches: Sequence[int]) -> int:
        """`local`: here (without a place: on the map). `remote`: serves an area, by more than going there."""
        if question.reach == "local":
            return reaches[HERE] if question.place else self.on_the_map
        if question.reach == "remote":
            around = (
                self.areas_about(question.place) if question.place else ((area, 0) for area in self.by_area)
            )
            serving = any_of(self.by_area[area] for area, _level in around)
            services = {self.entries[number].service.pk for number in members(serving)}
            of_these = self.where(lambda entry: entry.service.pk in services)
            return (serving & ~reaches[HERE]) | (of_these & reaches[HERE] & self.otherwise_than_going)
        return self.everything

    # ---- words

    def containing(self, text: str, columns: Iterable[int]) -> int:
        """What says every thing wanted, somewhere in these columns."""
        if not text:
            return self.everything
        wanted = parse_words(text)
        return all_of(self._containing_term(term, columns) for term in wanted) if wanted else 0

    def _containing_term(self, wanted: Wanted, columns: Iterable[int]) -> int:
        columns = tuple(columns)
        matches = all_of(any_of(self.by_token[at][token] for at in columns) for token in wanted.tokens)
        if wanted.is_phrase:
            matches = set_of(
                number for number in members(matches) if self._has_phrase(number, wanted, columns)
            )
        return matches | any_of(self.by_thing[at][thing] for at in columns for thing in wanted.things)

    def _has_phrase(self, number: int, wanted: Wanted, columns: Iterable[int]) -> bool:
        phrase, texts = f" {' '.join(wanted.tokens)} ", self.entries[number].texts
        return any(phrase in tokens_in(text) for at in columns for text in texts[at])

    def word_ranks(self, text: str) -> list[int]:
        """In the name alone; with the terms; with the organization; in the text: each listing once."""
        return each_once([self.containing(text, range(last + 1)) for last in range(4)])

    def whole_name(self, question: ReferenceQuestion) -> int:
        return self.by_name[fold(question.words)] if question.words else 0

    def corrected_text(self, text: str) -> str:
        """The words with each that nobody uses put right by one typo; "" where nothing can be.

        Of several right ones it is that which most listings say, else the one with the same first letter.
        """
        unknown = [
            term.words[0]
            for term in parse_words(text)
            if not (term.is_phrase or term.things or term.words[0] in STOP_WORDS)
            and 4 <= len(term.words[0]) <= 40
            and not self.containing(term.words[0], range(4))
        ]
        corrections = {word: best for word in unknown if (best := self._likely_word(word))}
        return " ".join(corrections.get(fold(word), word) for word in text.split()) if corrections else ""

    def _likely_word(self, word: str) -> str:
        near = [other for other in self._vocabulary if is_one_typo(word, other)]
        likely = sorted(near, key=lambda other: (other[0] != word[0], other))
        counts = {other: self.containing(other, range(4)).bit_count() for other in likely}
        return max(likely, key=lambda other: counts[other], default="") if any(counts.values()) else ""

    @cached_property
    def _vocabulary(self) -> set[str]:
        """Words that someone may have meant: those of the listings, and those of the table of synonyms."""
        texts = {text for entry in self.entries for column in entry.texts for text in column}
        words = {word for text in texts for word in fold(text).split()}
        listed = {word for word in words if word.isascii() and word.isalpha() and 3 < len(word) <= 40}
        lines = parse_lines(TABLE.read_text(encoding="utf-8"))
        return listed | {
            word
            for line in lines
            for phrase in (*line.same, *line.question_only)
            for word in fold(phrase).split()
        }

    # ---- order

    def results(
        self, question: ReferenceQuestion, fitting: int, clear: int, reaches: Sequence[int]
    ) -> list[Result]:
        """In the order that SURFACE gives; `avoid` puts what is known to be clear first in every order."""
        away, reach_of = self.kilometers(question.place), place_in(reaches)
        rank_of = place_in(self.word_ranks(question.words)) if question.words else {}
        whole, known = set(members(self.whole_name(question))), set(members(clear))
        results = []
        for number in members(fitting):
            entry, reach = self.entries[number], reach_of[number]
            near = entry.section == "serves_you" and reach == HERE
            meetings = tuple(islice(question.meetings(entry), MAX_MEETINGS))
            results.append(
                Result(
                    id=entry.id,
                    not_whole=number not in whole,
                    not_known=number not in known,
                    section=SECTIONS.index("near_you" if near else entry.section),
                    abroad=reach == ELSEWHERE
                    or (reach == HERE and is_over_the_border(entry, question.place)),
                    rank=rank_of.get(number, 0),
                    folded=entry.is_folded,
                    fit=entry.fit_number,
                    focus=entry.focus,
                    reach=reach,
                    km=away[number],
                    unassured=-entry.assured,
                    kind=entry.kind_number,
                    name=entry.name_key,
                    next_meeting=meetings[0].starts.timestamp() if meetings else NOWHERE,
                    meetings=meetings,
                )
            )
        return sorted(results, key=ORDERS[question.sort])


def _as_text(terms: Iterable[Wanted]) -> str:
    return " ".join(word for term in terms for word in term.words)


Relaxed = tuple[tuple[str, str, str], ...]


def relaxed_questions(question: ReferenceQuestion) -> Iterator[tuple[ReferenceQuestion, Relaxed]]:
    """Further; at another time; met otherwise; further at another time; all three; and from afar too.

    A time is dropped whole. Never wider in avoid, loss, cost or audience. A way that changes nothing is left
    out of each step, and what is then the same question is asked once.
    """
    ways = _relaxations(question)
    seen = set()
    for names in (
        *(("further",), ("time",), ("format",), ("further", "time")),
        *(("further", "time", "format"), ("further", "time", "format", "afar")),
    ):
        taken = tuple(name for name in names if name in ways)
        if taken and taken not in seen:
            seen.add(taken)
            changes = {name: value for way in taken for name, value in ways[way][0].items()}
            yield replace(question, **changes), tuple(change for way in taken for change in ways[way][1])


def _relaxations(question: ReferenceQuestion) -> dict[str, tuple[dict[str, Any], Relaxed]]:
    """Each way that changes something: what of the question it changes, and what is said of that."""
    ways: dict[str, tuple[dict[str, Any], Relaxed]] = {}
    far = (100.0, "mi") if question.within[1] == "mi" else (160.0, "km")
    around = question.place if question.place and not is_whole(question.place) else None
    if around and question.reach != "remote" and question.km < replace(question, within=far).km:
        asked = _distance_label(question.within) if question.km else ""
        ways["further"] = {"within": far}, (("within", asked, _distance_label(far)),)
    if question.time_conditions:
        at_any_time = {"days": (), "after": None, "before": None, "upcoming": None}
        ways["time"] = at_any_time, tuple((name, words, "") for name, words in question.time_conditions)
    if formats := question.values("format"):
        met_anyhow = {"facets": question.with_values("format", ()).facets}
        ways["format"] = met_anyhow, (("format", ",".join(formats), ""),)
    if question.reach == "local":
        ways["afar"] = {"reach": "any"}, (("reach", "local", "any"),)
    return ways


def _distance_label(distance: tuple[float, str]) -> str:
    return f"{distance[0]:g}{distance[1]}"


def is_affordable(entry: Entry, question: ReferenceQuestion) -> bool:
    """Zero is met only where nobody has to pay; more by a price that is stated in the currency asked for.

    A leading currency of "" is that of prices that ask nothing: they are met in every currency.
    """
    assert question.max_price is not None
    if question.max_price == 0 or entry.nobody_pays:
        return entry.nobody_pays
    currency = question.currency if entry.currency else ""
    return currency in entry.prices and entry.prices[currency] <= question.max_price


def is_over_the_border(entry: Entry, place: FoundPlace | None) -> bool:
    """Whether it is in another country than the place it is near, and does not serve that country."""
    if place is None or not place.country or is_whole(place):
        return False
    return place.country not in entry.countries


def is_whole(place: FoundPlace) -> bool:
    """Whether it is a region or a country, of which addresses tell what is in it."""
    return place.precision in ("region", "country") and not place.boxes


def in_a_box(point: tuple[float, float], boxes: Iterable[Box]) -> bool:
    """Whether latitude and longitude are between the sides of a box; none of an area passes 180 degrees."""
    return any(box.south <= point[0] <= box.north and box.west <= point[1] <= box.east for box in boxes)


def areas_around(place: FoundPlace) -> list[tuple[str, int]]:
    """The keys of the areas that hold a place, and how each reaches it."""
    areas = [("*", WORLD)]
    if place.areas:
        inner = [(area, AREA if "/" in area else REGION) for area in place.areas]
        return [*areas, *((country, COUNTRY) for country in {area[:2] for area in place.areas}), *inner]
    if place.country:
        areas.append((place.country, COUNTRY))
        if place.region:
            areas.append((f"{place.country}-{place.region}", REGION))
            if place.county:
                areas.append((f"{place.country}-{place.region}/{county_key(place.county)}", AREA))
        if place.postal_code:
            areas.append((f"{place.country}:{place.postal_code}", AREA))
    return areas


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """By the spherical law of cosines in its stable (Vincenty) form: not the arithmetic the search uses."""
    one, other, apart = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    across = math.hypot(
        math.cos(other) * math.sin(apart),
        math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(apart),
    )
    along = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(apart)
    return EARTH_RADIUS_KM * math.atan2(across, along)


def is_one_typo(one: str, other: str) -> bool:
    """One letter too few, too many or wrong, or two neighbours that changed places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]
