"""The answer to any question, worked out over all listings."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import combinations, islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from resources.geo.extents import Box
from resources.geo.geocoding import FoundPlace
from resources.geo.names import county_key
from resources.search.synonyms import TABLE, parse_lines
from resources.search.tokens import STOP_WORDS, fold
from resources.vocabulary import Format
from resources.wording import KM_PER_MILE
from tests.reference.asking import ReferenceQuestion
from tests.reference.calendar import Meeting, MeetingFacts
from tests.reference.finding import FACETS, OPENED_BY, with_kin
from tests.reference.records import Entry
from tests.reference.sets import all_of, any_of, each_once, members, place_in, set_of, things, tokens
from tests.reference.words import Wanted, parse_words, tokens_in

EARTH_RADIUS_KM = 6371.0088
RIM_KM = 1e-6  # a millimetre: nearer to the rim of a circle than this, arithmetic may say either
NOWHERE = math.inf
# Whoever asks for one of these meets nobody who teaches against abortion.
NEVER_OPPOSED = {"tfmr", "abortion", "ectopic"}
SECTIONS = (
    *("near_you", "by_phone", "serves_you", "lower_cost_counselling", "hospital_clinics", "general_clinics"),
    *("money_and_practical", "look_further"),
)
LIVE = ("video", "phone")
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
    place_of_section: int  # in the order of this answer
    section: str
    not_known: bool  # to match all that is asked for
    unknowns: tuple[str, ...]  # the parameters of which it does not say whether it matches
    abroad: int  # 0 at home, 1 open to the world, 2 elsewhere
    line: int  # the place among the lines that the operator names first
    doubtful: bool
    for_some: bool
    any_loss: bool  # does not name the loss that is asked for
    rank: int  # of its words
    part: int  # of its section
    fit: int
    focus: int  # of a mental health clinic: whom it has a program for, where no distance decides
    reach: int
    km: float
    unassured: int  # the day it was last checked, below zero
    kind: int
    name: str
    next_meeting: float
    meetings: tuple[Meeting, ...]


ORDERS = {
    "best": attrgetter(
        *("not_whole", "place_of_section", "not_known", "abroad", "line", "doubtful", "for_some", "any_loss"),
        *("rank", "part", "fit", "focus", "reach", "km", "unassured", "kind", "name", "id"),
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
    not_known_in: dict[str, int]
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
        self.mentioning = self._sets(lambda entry: map(str, entry.service.content_notes))
        self.says_no_cost = self.where(lambda entry: entry.costs == {"unknown"})
        self.says_no_loss = self.where(lambda entry: not entry.service.losses)
        self.says_no_price = self.where(lambda entry: not entry.prices)
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
        self.only_by_going = self.where(
            lambda entry: (
                bool(entry.service.formats)
                and set(entry.service.formats) <= {Format.IN_PERSON, Format.HOME_VISIT}
            )
        )
        self.default_country = default_country
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
        asked, strict = question, self.strict_answer(question)
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
        for wider, relaxed in relaxed_questions(question) if question.may_widen else ():
            wider_answer = self.strict_answer(wider)
            if wider_answer.results:
                return replace(wider_answer, relaxed=relaxed, corrected=corrected)
        shorter = self.answer_to_fewer_words(question)
        return shorter if shorter.results else self.answer_of_nothing(asked, strict)

    def answer_of_nothing(self, asked: ReferenceQuestion, mended: Expected) -> Expected:
        """To the words as they were typed, where nothing has those they were mended to."""
        is_of_use = not mended.corrected or self.containing(mended.corrected, range(4))
        return mended if is_of_use else self.strict_answer(asked)

    def answer_to_fewer_words(self, question: ReferenceQuestion) -> Expected:
        """What fits with the first of ever fewer words that finds anything."""
        answer = self.strict_answer(question)
        for text in self.shorter_texts(question.words):
            if text and text != question.words and not answer.results:
                answer = replace(self.strict_answer(replace(question, words=text)), corrected=text)
        return answer

    def shorter_texts(self, text: str) -> Iterator[str]:
        """Without quotation marks; what anything says; ever fewer of that; what has a name; one word.

        What has no name is left out first, and of that what most listings say.
        """
        if '"' in text:
            text = " ".join(text.replace('"', " ").split())
            yield text
        wanted = parse_words(text)[:12]
        number = {term.words: self.containing(" ".join(term.words), range(4)).bit_count() for term in wanted}
        said = [term for term in wanted if number[term.words]]
        if len(said) < len(wanted):
            yield _as_text(said)
        weightiest = sorted(said, key=lambda term: (not term.things, number[term.words]))
        several = (kept for size in range(len(said) - 1, 1, -1) for kept in combinations(weightiest, size))
        for kept in islice(several, 30):
            yield _as_text([term for term in said if term in kept])
        yield _as_text([term for term in said if term.things])
        fills = len(text.split()) > len(wanted) + 1  # words that ask for nothing, as a sentence has
        yield from (_as_text([term]) for term in weightiest if term.things or fills)

    def strict_answer(self, question: ReferenceQuestion) -> Expected:
        reaches = self.reaches(question)
        facts = self.facts(question)
        pool = self.allowed(question, reaches)
        either = {name: stated | unknown for name, (stated, unknown) in facts.items()}
        kept = either if question.with_unknown else {name: stated for name, (stated, _) in facts.items()}
        visible = pool & self.shown(question)
        fitting = all_of([visible, *kept.values()])
        known = all_of([self.everything, *(stated for stated, _unknown in facts.values())])
        mentioning = any_of(self.mentioning[value] for value in question.values("avoid"))
        results = self.results(question, fitting, facts, reaches)
        sections = Counter(result.section for result in results)
        not_known_in = Counter(result.section for result in results if result.not_known)
        in_order = sorted({(result.place_of_section, result.section) for result in results})
        return Expected(
            question=question,
            results=results,
            sections={name: sections[name] for _place, name in in_order},
            not_known_in={name: not_known_in[name] for _place, name in in_order if not_known_in[name]},
            facets={facet: self.counts(question, facet, pool, kept) for facet in FACETS},
            hidden=all_of(
                [visible, mentioning, *(kept[name] for name in kept if name != "avoid")]
            ).bit_count(),
            not_known=(all_of([visible, *either.values()]) & ~known).bit_count(),
        )

    def counts(
        self, question: ReferenceQuestion, facet: str, pool: int, kept: Mapping[str, int]
    ) -> dict[str, int]:
        """For each value how many of what fits all else state it."""
        others = all_of([pool, *(kept[other] for other in kept if other != facet)])
        return {
            value: (
                others & self.stated(facet, (value,)) & self.shown(question.with_values(facet, (value,)))
            ).bit_count()
            for value in FACETS[facet][0]
        }

    def facts(self, question: ReferenceQuestion) -> dict[str, tuple[int, int]]:
        """For each fact that is asked for: what states that it matches, and what does not say."""
        asked = {name: values for name in FACETS if (values := question.values(name))}
        found = {
            name: (self.stated(name, values), self.unknown(name, values)) for name, values in asked.items()
        }
        if question.max_price is not None:
            stated = self.where(lambda entry: is_affordable(entry, question))
            silent = self.says_no_price if question.max_price else self.says_no_cost
            found["max_price"] = stated, silent & ~stated
        return found

    def stated(self, facet: str, values: Iterable[str]) -> int:
        values = set(values)
        sets = [self.found_by[facet][value] for value in values]
        if facet == "avoid":
            return all_of(sets)
        return any_of(sets) & ~self.kept_from(facet, values)

    def kept_from(self, facet: str, values: Iterable[str]) -> int:
        return self.opposing if facet == "loss" and not NEVER_OPPOSED.isdisjoint(values) else 0

    def unknown(self, facet: str, values: Iterable[str]) -> int:
        """What says nothing of its cost, or of its losses; of what to avoid, neither yes nor no to all."""
        values = set(values)
        silent = {
            "cost": self.says_no_cost,
            "loss": self.says_no_loss & ~self.kept_from(facet, values),
            "avoid": self.everything & ~any_of(self.mentioning[value] for value in values),
        }.get(facet, 0)
        return silent & ~self.stated(facet, values)

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
        facts = self.facts(question).values()
        kept = [stated | unknown if question.with_unknown else stated for stated, unknown in facts]
        fitting = all_of([self.allowed(question, self.reaches(question)), self.shown(question), *kept])
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
        if question.sections:
            section_of = self.sections(question, reaches)
            pool &= set_of(number for number, name in enumerate(section_of) if name in question.sections)
        if question.organizations:
            pool &= self.where(lambda entry: entry.service.organization_id in question.organizations)
        if question.time_conditions:
            pool &= self.where(lambda entry: any(question.meetings(entry)))
        if question.since:
            since = question.since.toordinal()
            pool &= self.where(lambda entry: entry.assured >= since)
        return pool & self.containing(question.words, range(4))

    def _reached(self, question: ReferenceQuestion, reaches: Sequence[int]) -> int:
        """`local`: here (without a place: on the map). `remote`: serves an area, by more than going there.

        What is here must state another way; what is not must not say that one has to meet.
        """
        if question.reach == "local":
            return reaches[HERE] if question.place else self.on_the_map
        if question.reach == "remote":
            around = (
                self.areas_about(question.place) if question.place else ((area, 0) for area in self.by_area)
            )
            serving = any_of(self.by_area[area] for area, _level in around)
            services = {self.entries[number].service.pk for number in members(serving)}
            of_these = self.where(lambda entry: entry.service.pk in services)
            return (serving & ~reaches[HERE] & ~self.only_by_going) | (
                of_these & reaches[HERE] & self.otherwise_than_going
            )
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
        return self.by_name[fold(question.words)] | self.called(question.words) if question.words else 0

    def called(self, text: str) -> int:
        """What is not shown unasked, where nothing else has the words, by its name or organization."""
        if self.containing(text, range(4)) & self.by_request[""]:
            return 0
        return self.containing(text, range(3))

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

    # ---- sections

    def sections(self, question: ReferenceQuestion, reaches: Sequence[int]) -> list[str]:
        """The section of each listing. A line that is near and serves others is no line to the visitor."""
        here = set(members(reaches[HERE]))
        found = [
            entry.section_here if number in here else entry.section
            for number, entry in enumerate(self.entries)
        ]
        around = {area for area, _level in self.areas_about(question.place)} if question.place else set()
        for number in here:
            of_service = self.of_service[self.entries[number].service.pk]
            served = {area for other in of_service for area in self.entries[other].areas}
            if found[number] == "by_phone" and served and served.isdisjoint(around):
                found[number] = "look_further"
        return found

    # ---- order

    def results(
        self,
        question: ReferenceQuestion,
        fitting: int,
        facts: Mapping[str, tuple[int, int]],
        reaches: Sequence[int],
    ) -> list[Result]:
        """In the order that SURFACE gives; what is known to match stands first in every order."""
        away, reach_of = self.kilometers(question.place), place_in(reaches)
        is_measured = question.place is not None and not is_whole(question.place)
        rank_of = place_in(self.word_ranks(question.words)) if question.words else {}
        whole = set(members(self.whole_name(question)))
        unknown = {name: set(members(silent)) for name, (_stated, silent) in facts.items() if silent}
        country = question.place.country if question.place else self.default_country
        lines = list(settings.FIRST_LINES.get(country, ()))
        losses = question.values("loss")
        named = set(members(self.naming(losses)))
        sections, found = self.sections(question, reaches), members(fitting)
        near = [number for number in found if sections[number] == "near_you"]
        order = list(SECTIONS)
        leading = [entry for entry in map(self.entries.__getitem__, near) if not entry.is_doubtful]
        if not any(not country or country in entry.countries for entry in leading):
            order = ["by_phone", *(name for name in SECTIONS if name != "by_phone")]
        results = []
        for number in found:
            entry, reach, section = self.entries[number], reach_of[number], sections[number]
            meetings = tuple(islice(question.meetings(entry), MAX_MEETINGS))
            service = str(entry.service.pk)
            results.append(
                Result(
                    id=entry.id,
                    not_whole=number not in whole,
                    place_of_section=order.index(section),
                    section=section,
                    not_known=any(number in silent for silent in unknown.values()),
                    unknowns=tuple(name for name, silent in unknown.items() if number in silent),
                    abroad=0 if not country or country in entry.countries else 1 + (reach == ELSEWHERE),
                    line=lines.index(service) if section == "by_phone" and service in lines else len(lines),
                    doubtful=section == "near_you" and entry.is_doubtful,
                    for_some=entry.is_for_some,
                    any_loss=bool(losses) and number not in named,
                    rank=rank_of.get(number, 0),
                    part=entry.part,
                    fit=entry.fit_number,
                    focus=0 if is_measured else entry.focus,
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

    def naming(self, losses: Iterable[str]) -> int:
        """What names one of the losses (itself, its parent or its child), and does not only say "any"."""
        wanted = with_kin(losses) - {"any_loss"}
        if "any_loss" in losses:
            return self.everything
        return self.where(lambda entry: not wanted.isdisjoint(map(str, entry.service.losses)))


def _as_text(terms: Iterable[Wanted]) -> str:
    return " ".join(word for term in terms for word in term.words)


Relaxed = tuple[tuple[str, str, str], ...]


def relaxed_questions(question: ReferenceQuestion) -> Iterator[tuple[ReferenceQuestion, Relaxed]]:
    """At another time; further; live help in place of meeting: the first of these that helps, then several.

    A time is dropped whole. Never wider in anything else. A way that changes nothing is left out of each
    step, and what is then the same question is asked once.
    """
    ways = _relaxations(question)
    seen = set()
    for names in (
        *(("time",), ("further",), ("time", "further"), ("live",), ("time", "live"), ("further", "live")),
        ("time", "further", "live"),
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
    formats = question.values("format")
    if all(way in ("in_person", "home_visit") for way in formats) and (formats or question.reach == "local"):
        live: dict[str, Any] = {"facets": {**question.facets, "format": LIVE}}
        said = [("format", ",".join(formats), ",".join(LIVE))]
        if question.reach == "local":
            live["reach"] = "any"
            said.append(("reach", "local", "any"))
        ways["live"] = live, tuple(said)
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


def is_whole(place: FoundPlace) -> bool:
    """Whether it is a region or a country, of which addresses tell what is in it."""
    return place.precision in ("region", "country") and not place.boxes


def in_a_box(point: tuple[float, float], boxes: Iterable[Box]) -> bool:
    """Whether latitude and longitude are between the sides of a box; none of an area passes 180 degrees."""
    return any(box.south <= point[0] <= box.north and box.west <= point[1] <= box.east for box in boxes)


def areas_around(place: FoundPlace) -> list[tuple[str, int]]:
    """The keys of the areas that hold a place, and how each reaches it."""
    areas = [("*", WORLD)]
    inner = [(area, AREA if "/" in area else REGION) for area in place.areas]
    if place.areas and place.has_extent:
        return [*areas, *((country, COUNTRY) for country in {area[:2] for area in place.areas}), *inner]
    if place.country:
        areas.append((place.country, COUNTRY))
        if place.region:
            areas.append((f"{place.country}-{place.region}", REGION))
            if place.county:
                areas.append((f"{place.country}-{place.region}/{county_key(place.county)}", AREA))
        if place.postal_code:
            areas.append((f"{place.country}:{place.postal_code}", AREA))
    return [*areas, *inner]


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
