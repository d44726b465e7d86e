"""500 random questions over 20,000 made listings, or a share of both: all of each answer, and its order.

The reference (`tests/reference/`) reads the records and knows nothing of the listings. All is asked at one
moment, some days after the listings were written.
"""

from __future__ import annotations

import gc
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from benchmarks.making import make_listings
from resources.geo.geocoding import FoundPlace, find_place
from resources.geo.loading import load_gazetteer
from resources.models import Service
from resources.models.analyze import analyze_tables
from resources.search.engine import Answer, MeetingsPage, PageNotFound, find_meetings, search_listings
from resources.search.facets import FACETS as FACETS_OF_THE_SEARCH
from resources.search.filters import ListingFilterSet
from resources.search.question import Question, Sort
from resources.search.version import clear_cached_version
from resources.vocabulary import Weekday
from tests.examples import PROFILE, share_of
from tests.reference.answers import REASONS, SECTIONS, Expected, Reference, Result
from tests.reference.asking import CURRENCIES, ReferenceQuestion, parse_question
from tests.reference.calendar import MeetingFacts
from tests.reference.finding import FACETS
from tests.reference.records import Entry, read_entries

# It is for this mark that pytest-django makes a database at all: without it the operator's own would be used.
pytestmark = [pytest.mark.django_db, pytest.mark.slow("makes thousands of listings and reads them twice")]

LISTINGS = 20_000 if PROFILE == "nightly" else 1_000
MOST_QUESTIONS = 500
QUESTIONS = share_of(MOST_QUESTIONS)
QUESTIONS_OF_MEETINGS = share_of(40)
WRITTEN_AT = datetime(2026, 2, 24, 15, 30, tzinfo=UTC)
# Just past midnight in Chicago, where some meetings of the evening before still go on. On the 8th the clocks
# of most of America change, on the 29th those of Europe.
NOW = datetime(2026, 3, 5, 6, 10, tzinfo=UTC)
SEED = 2026
PAGE_SIZE, LARGE_PAGE = 40, 100
FOLLOWED = 50  # of every so many questions one is followed for more pages, and past the end
PAGES_FOLLOWED = 5
AT_A_TIME = 25  # for after each test Django looks at every row's foreign keys
MAX_DIFFERENCES = 12
SPOTS = 60
OF_TIME = 0.08  # of the questions: two things about when it meets, and little else
TOO_NARROW = 0.06  # of the questions: so that they have to be widened
ROUNDED_KM = 0.051  # the API says a tenth of a kilometre

TOWNS = (
    *("75201", "10001", "90012", "Dallas, TX", "Chicago", "Portland, OR", "Houston", "Miami", "New York"),
    *("M1", "London", "Glasgow", "Cardiff", "D02", "Cork, Ireland", "Toronto, Ontario", "Montréal", "V5K"),
    *("Sydney", "3000", "Perth, Australia", "Auckland", "Wellington", "6011", "99501", "00601"),
    *(
        "Orange County, CA",
        "Long Island",
        "Kent, UK",
        "Co. Cork",
        "Munster",
        "Texas",
        "Ireland",
        "Greater London",
    ),
)
WORDS = (
    *("miscarriage", "miscarriage support", "support", "pregnancy loss", "baby loss group", "stillbirth"),
    *("therapist", "counsellor", "grief", "the grief of fathers", "TFMR", "D&C", "ERPC", "ectopic", "IVF"),
    *("free", "sliding scale", "who is it for", "helpline", "midwives", "rainbow", "hope", "angels"),
    *(
        "féileacáin",
        "o'brien",
        "S.T.A.R.S.",
        "mother's heart",
        "希望の会",
        "потери",
        "clinic",
        "health center",
    ),
    *('"support group"', '"pregnancy loss" support', '"after miscarriage"', '"miscarriage support"'),
    *('"early loss', "spanish", "french", "texas", "england", "video call", "dad", "partner", "twin loss"),
    *("pregnancy after loss", "low cost clinic", "appointments on saturdays", "lost my baby", "d c"),
    *("women's health", "1987", "café", "miscarrage", "suport group", "stilbirth", "helpine texas"),
    *("conselling", "bereavment team", "xyzzyq", "🌈"),
    *("otline", "granb", "halen", "wyne", "edwood clinic"),  # one typo from several words of the catalogue
)
Draw = Callable[[random.Random, Sequence[Entry]], Any]


# ---- the catalogue


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Reference]:
    """20,000 made listings and the gazetteer, in one transaction that is undone after the last question."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            assert not Service.objects.exists()
            load_gazetteer(now=WRITTEN_AT)
            make_listings(number=LISTINGS, seed=SEED, at=WRITTEN_AT)
            analyze_tables()
            yield from _kept_out_of_the_garbage(
                lambda: Reference(read_entries(WRITTEN_AT), settings.DEFAULT_COUNTRY)
            )
            transaction.set_rollback(True)
        clear_cached_version()


def _kept_out_of_the_garbage(build: Callable[[], Reference]) -> Iterator[Reference]:
    """Looking for garbage among a million things that stay would take longer than building them."""
    gc.disable()
    try:
        built = build()
        gc.freeze()
    finally:
        gc.enable()
    yield built
    gc.unfreeze()


# ---- the questions


@dataclass(frozen=True)
class Drawn:
    """A question as a form sends it, and what its `near` is taken for."""

    number: int
    parameters: dict[str, Any]
    place: FoundPlace | None


ExpectedOf = Callable[[int], tuple[Drawn, Expected]]


@pytest.fixture(scope="module")
def expected_of(catalogue: Reference) -> ExpectedOf:
    """Question by number, each with what the reference finds; worked out once."""
    kept: dict[int, tuple[Drawn, Expected]] = {}

    def expected(number: int) -> tuple[Drawn, Expected]:
        if number not in kept:
            drawn, asked = draw_question(number, catalogue)
            kept[number] = drawn, catalogue.answer(asked)
        return kept[number]

    return expected


def draw_question(number: int, catalogue: Reference) -> tuple[Drawn, ReferenceQuestion]:
    """The question of this number; drawn again where a listing lies on the rim of its circle."""
    chance = random.Random(f"{SEED} {number}")
    while True:
        parameters = draw_parameters(chance, catalogue.entries)
        place = place_of(parameters)
        question = parse_question(parameters, place, settings.DEFAULT_COUNTRY, NOW)
        if place is None or not catalogue.is_on_the_rim(question):
            return Drawn(number, parameters, place), question


def place_of(parameters: Mapping[str, Any]) -> FoundPlace | None:
    """What `near` is taken for; a single country that is chosen decides among namesakes."""
    if not (near := parameters.get("near")):
        return None
    country = "".join(parameters.get("country", ())) if len(parameters.get("country", ())) == 1 else ""
    return find_place(near, default_country=settings.DEFAULT_COUNTRY, country=country)


def draw_parameters(chance: random.Random, entries: Sequence[Entry]) -> dict[str, Any]:
    """Each parameter now and then, and with each of them any others."""
    parameters: dict[str, Any] = {}
    for name, (share, draw) in PARAMETERS.items():
        if chance.random() < share:
            parameters[name] = draw(chance, entries)
    for facet in chance.sample(list(FACETS), chance.choice((0, 0, 1, 1, 1, 2, 2, 3))):
        values = FACETS[facet][0]
        parameters[facet] = chance.sample(values, min(chance.choice((1, 1, 2, 3)), len(values)))
    if chance.random() < OF_TIME:
        parameters = {
            name: parameters[name]
            for name in ("near", "avoid", "format", "sort", "widen", "unknown")
            if name in parameters
        }
        parameters |= {name: PARAMETERS[name][1](chance, entries) for name in chance.sample(TIMES, 2)}
    if chance.random() < TOO_NARROW:
        parameters |= {
            "near": draw_near(chance, entries),
            "within": chance.choice(("1mi", "3km")),
            "reach": "local",
            "widen": "yes",
        }
        formats = chance.choice((FACETS["format"][0], ("in_person", "home_visit")))
        parameters |= {"format": chance.sample(formats, 1), "fit": ["specialist"]}
    if parameters.get("sort") == Sort.DISTANCE and "near" not in parameters:
        del parameters["sort"]
    return parameters


def draw_near(chance: random.Random, entries: Sequence[Entry]) -> str:
    """A town, a postal code, or one of some points: where help is, or anywhere on the globe."""
    drawn = chance.random()
    if drawn < 0.6:
        return chance.choice(TOWNS)
    place = random.Random(chance.randrange(SPOTS))
    if drawn < 0.95:
        latitude, longitude = place.choice([entry.point for entry in entries[:2000] if entry.point])
        return f"{latitude + place.gauss(0, 0.2):.2f},{longitude + place.gauss(0, 0.2):.2f}"
    return f"{place.uniform(-90, 90):.2f},{place.uniform(-180, 180):.2f}"


def draw_words(chance: random.Random, entries: Sequence[Entry]) -> str:
    """The field's words, a whole name, or words of a name, of which one may be misspelt."""
    drawn = chance.random()
    if drawn < 0.7:
        return chance.choice(WORDS)
    service = chance.choice(entries).service
    if drawn < 0.85:
        return " ".join(chance.choice((service.name, service.organization.name, f'"{service.name}"')).split())
    words = [word.strip(".,;") for word in (*service.name.split(), *service.description.split()[:40])]
    few = chance.sample(words, min(chance.choice((1, 2, 3)), len(words)))
    return " ".join([*few[:-1], misspelt(chance, few[-1])] if chance.random() < 0.3 else few)


def misspelt(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word))
    return chance.choice(
        (word[:at] + word[at + 1 :], f"{word[:at]}x{word[at:]}", f"{word[:at]}q{word[at + 1 :]}")
    )


def draw_organizations(chance: random.Random, entries: Sequence[Entry]) -> list[str]:
    chosen = chance.sample(entries, chance.choice((1, 2, 40)))
    return [str(entry.service.organization_id) for entry in chosen]


def draw_days(chance: random.Random, entries: Sequence[Entry]) -> list[str]:
    return chance.sample(Weekday.values, chance.choice((1, 1, 2, 4)))


def draw_sections(chance: random.Random, entries: Sequence[Entry]) -> list[str]:
    return chance.sample(SECTIONS, chance.choice((1, 1, 2)))


def one_of(values: Sequence[str]) -> Draw:
    return lambda chance, entries: chance.choice(values)


TIMES = ("day", "after", "before", "upcoming")
# Every parameter that is no facet: how often it is said, and how it is drawn.
PARAMETERS: Mapping[str, tuple[float, Draw]] = {
    "near": (0.85, draw_near),
    "within": (0.4, one_of(("1mi", "5mi", "10mi", "25", "50mi", "100mi", "300mi", "10km", "40km", "500km"))),
    "reach": (0.4, one_of(("any", "local", "remote"))),
    "q": (0.45, draw_words),
    "max_price": (0.2, one_of(("0", "5", "10", "20", "35.50", "40", "60", "100", "100000"))),
    "currency": (0.15, one_of(tuple(CURRENCIES.values()))),
    "organization": (0.06, draw_organizations),
    "assured_since": (0.1, one_of(("2024-01-01", "2025-03-31", "2025-12-01", "2030-01-01"))),
    "day": (0.07, draw_days),
    "after": (0.05, one_of(("00:00", "10:00", "17:45", "18:00", "6 pm", "7:15 pm", "23:00"))),
    "before": (0.04, one_of(("9:00", "12:00", "12 pm", "18:30", "7 pm", "20:15"))),
    "upcoming": (0.05, one_of(("1", "2", "7", "14", "30", "62"))),
    "sort": (0.5, one_of(Sort.values)),
    "widen": (0.6, one_of(("yes", "yes", "no"))),
    "unknown": (0.5, one_of(("include", "exclude"))),
    "section": (0.1, draw_sections),
}


# ---- the answers


@pytest.mark.parametrize("first", range(0, QUESTIONS, AT_A_TIME))
def test_answers_are_what_brute_force_finds(first: int, expected_of: ExpectedOf) -> None:
    wrong = []
    for number in range(first, first + AT_A_TIME):
        drawn, expected = expected_of(number)
        if lines := list(wrong_in(drawn, expected)):
            wrong += [
                f"question {number}: {drawn.parameters}",
                f"near {drawn.place}",
                f"as {expected.question}",
                *lines,
            ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def wrong_in(drawn: Drawn, expected: Expected) -> Iterator[str]:
    """A line for whatever the search answers otherwise than the reference, in all and page by page."""
    for page, size in pages_to_ask(drawn.number, len(expected.results)):
        filters = ListingFilterSet({**drawn.parameters, "page": str(page), "page_size": str(size)})
        if refusals := filters.parameter_errors():
            yield f"refused: {refusals}"
            return
        answer = search_listings(at_test_time(filters))
        yield from wrong_counts(answer, expected)
        yield from wrong_results(answer, expected.results[(page - 1) * size : page * size])
    if drawn.number % FOLLOWED == 0:
        yield from wrong_end(drawn, expected)


def at_test_time(filters: ListingFilterSet) -> Question:
    return replace(filters.question(), now=NOW)


def pages_to_ask(number: int, count: int) -> list[tuple[int, int]]:
    """One page, the first or another; of every so many questions the first few and the last."""
    if number % FOLLOWED == 0:
        last = max(1, math.ceil(count / LARGE_PAGE))
        return [(page, LARGE_PAGE) for page in sorted({*range(1, min(PAGES_FOLLOWED, last) + 1), last})]
    chance = random.Random(number)
    size = chance.choice((7, PAGE_SIZE, LARGE_PAGE, LARGE_PAGE))
    last = max(1, math.ceil(count / size))
    return [(chance.choice((1, chance.randint(1, last))), size)]


def wrong_counts(answer: Answer, expected: Expected) -> Iterator[str]:
    relaxed = tuple((each.parameter, each.asked, each.used) for each in answer.relaxed)
    pairs: dict[str, tuple[Any, Any]] = {
        "count": (answer.count, len(expected.results)),
        "sections": (list(answer.sections.items()), list(expected.sections.items())),
        "not_known_in": (list(answer.not_known_in.items()), list(expected.not_known_in.items())),
        "hidden": (answer.hidden, expected.hidden),
        "not_known": (answer.not_known, expected.not_known),
        "corrected": (answer.corrected, expected.corrected),
        "relaxed": (relaxed, expected.relaxed),
        "facets": (list(answer.facets), list(expected.facets)),
    }
    for facet, counts in expected.facets.items():
        found = answer.facets.get(facet, {})
        pairs |= {f"{facet}={value}": (found.get(value), count) for value, count in counts.items()}
    yield from (f"{name}: {got}, expected {want}" for name, (got, want) in pairs.items() if got != want)


def wrong_results(answer: Answer, wanted: Sequence[Result]) -> Iterator[str]:
    found, ids = [result["id"] for result in answer.results], [result.id for result in wanted]
    if found != ids:
        pairs = enumerate(zip_longest(found, ids), start=1)
        different = [f"  {place}: {got}, expected {want}" for place, (got, want) in pairs if got != want]
        too_many, missing = sorted(set(found) - set(ids)), sorted(set(ids) - set(found))
        yield "\n".join([f"page {answer.page}: {too_many=} {missing=}", *different[:MAX_DIFFERENCES]])
    by_id = {result.id: result for result in wanted}
    for result in answer.results:
        if result["id"] in by_id:
            yield from wrong_result(result, by_id[result["id"]], answer.place)


def wrong_result(result: dict[str, Any], wanted: Result, place: FoundPlace | None) -> Iterator[str]:
    """What a result says of itself: its section, why it is shown for a place, how far away, when it meets.

    From a county or another area no distance is told.
    """
    why = REASONS[wanted.reach] if place else None
    away = math.inf if place and place.has_extent else wanted.km
    said = result["section"], result["why"], tuple(result["not_known"])
    if said != (wanted.section, why, wanted.unknowns):
        yield f"{wanted}: found with {said}"
    km = math.inf if result["distance_km"] is None else result["distance_km"]
    if km != away and not abs(km - away) <= ROUNDED_KM:
        yield f"{wanted}: found {km} km away"
    if (meetings := told(result["next_meetings"])) != [meeting.facts() for meeting in wanted.meetings]:
        yield f"{wanted}: found meeting {meetings}"


def told(meetings: Sequence[dict[str, Any]]) -> list[MeetingFacts]:
    return [(meeting["date"], meeting["starts_at"], meeting["ends_at"]) for meeting in meetings]


def wrong_end(drawn: Drawn, expected: Expected) -> Iterator[str]:
    """The page after the last is none, and says how many there are."""
    pages = max(1, math.ceil(len(expected.results) / PAGE_SIZE))
    try:
        search_listings(at_test_time(ListingFilterSet({**drawn.parameters, "page": str(pages + 1)})))
    except PageNotFound as error:
        if error.pages != pages:
            yield f"{error.pages} pages, expected {pages}"
    else:
        yield f"page {pages + 1} is there, expected {pages}"


# ---- the meetings


@dataclass(frozen=True)
class Window:
    """A question about meetings, of a kind that finds some, and the days between which they are wanted."""

    parameters: dict[str, Any]
    question: ReferenceQuestion
    first: date | None
    last: date | None


def draw_window(number: int, catalogue: Reference) -> Window:
    """Both ends, one or none: before today, around it, or past all that is known ahead."""
    chance = random.Random(f"{SEED} meetings {number}")
    drawn, _asked = draw_question(MOST_QUESTIONS + number, catalogue)
    kept = chance.sample(sorted(drawn.parameters), min(len(drawn.parameters), chance.choice((0, 1, 2, 2, 3))))
    parameters = {name: drawn.parameters[name] for name in kept if name != "sort"}
    asked = parse_question(parameters, place_of(parameters), settings.DEFAULT_COUNTRY, NOW)
    first = NOW.date() + timedelta(days=chance.choice((-5, -1, 0, 1, chance.randint(2, 420))))
    last = first + timedelta(days=chance.choice((0, 1, 6, 30, 61)))
    return Window(
        parameters, asked, *chance.choice(((first, last), (first, last), (first, None), (None, last)))
    )


@pytest.fixture(scope="module")
def windows(catalogue: Reference) -> list[Window]:
    drawn = [draw_window(number, catalogue) for number in range(QUESTIONS_OF_MEETINGS)]
    return [window for window in drawn if not catalogue.is_on_the_rim(window.question)]


def test_meetings_are_what_brute_force_finds(windows: Sequence[Window], catalogue: Reference) -> None:
    wrong, counts = [], []
    for window in windows:
        expected = catalogue.meetings(window.question, window.first, window.last)
        counts.append(len(expected))
        lines = list(wrong_meetings(window, expected))
        wrong += [f"{window.parameters} from {window.first} to {window.last}", *lines] if lines else []
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert sum(counts) > 0


@pytest.mark.nightly("counts what all 40 questions about meetings find")
def test_the_questions_about_meetings_find_many_and_few(
    windows: Sequence[Window], catalogue: Reference
) -> None:
    counts = [len(catalogue.meetings(window.question, window.first, window.last)) for window in windows]
    sizes = Counter(bound for count in counts for bound in (1, 40, 400) if count >= bound)
    assert sizes[1] >= 25
    assert sizes[40] >= 15
    assert sizes[400] >= 5


def wrong_meetings(window: Window, expected: Sequence[Any]) -> Iterator[str]:
    """The first page and the last, each meeting with its listing; and that there is none after it."""
    pages = max(1, math.ceil(len(expected) / LARGE_PAGE))
    question = replace(at_test_time(ListingFilterSet(window.parameters)), page_size=LARGE_PAGE)
    for page in sorted({1, pages}):
        answer = find_meetings(replace(question, page=page), window.first, window.last)
        wanted = expected[(page - 1) * LARGE_PAGE : page * LARGE_PAGE]
        yield from wrong_page(answer, wanted, count=len(expected), pages=pages)
    try:
        find_meetings(replace(question, page=pages + 1), window.first, window.last)
    except PageNotFound as error:
        if error.pages != pages:
            yield f"{error.pages} pages, expected {pages}"
    else:
        yield f"page {pages + 1} is there, expected {pages}"


def wrong_page(answer: MeetingsPage, wanted: Sequence[Any], *, count: int, pages: int) -> Iterator[str]:
    if (answer.count, answer.pages) != (count, pages):
        yield f"{answer.count} on {answer.pages} pages, expected {count} on {pages}"
    ids = [meeting["listing"]["id"] for meeting in answer.results]
    found = list(zip(told(answer.results), ids, strict=True))
    pairs = enumerate(zip_longest(found, wanted), start=1)
    different = [f"  {place}: {got}, expected {want}" for place, (got, want) in pairs if got != want]
    yield from different[:MAX_DIFFERENCES]


# ---- whether the questions are worth asking

of_all_questions = pytest.mark.nightly("counts what is among all 500 questions")


@of_all_questions
def test_every_facet_and_value_is_among_the_questions(expected_of: ExpectedOf) -> None:
    assert {facet.name: [value for value, _ in facet.choices()] for facet in FACETS_OF_THE_SEARCH} == {
        name: list(values) for name, (values, _found_by) in FACETS.items()
    }
    asked = [expected_of(number)[0].parameters for number in range(QUESTIONS)]
    alone = {name for parameters in asked for name in parameters}
    assert alone == set(ListingFilterSet.base_filters) - {"page", "page_size"}
    assert {parameters["sort"] for parameters in asked if "sort" in parameters} == set(Sort.values)
    several = {name for parameters in asked for name in FACETS if len(parameters.get(name, ())) > 1}
    assert several == set(FACETS)


@of_all_questions
def test_the_questions_find_much_and_little_and_now_and_then_nothing(expected_of: ExpectedOf) -> None:
    answers = [expected_of(number)[1] for number in range(QUESTIONS)]
    counts = [len(answer.results) for answer in answers]
    sizes = Counter(bound for count in counts for bound in (1, 40, 400, 4000) if count >= bound)
    assert sizes[1] >= 350
    assert sizes[40] >= 200
    assert sizes[400] >= 100
    assert sizes[4000] >= 15
    assert sum(answer.hidden > 0 for answer in answers) >= 20
    assert sum(bool(answer.relaxed) for answer in answers) >= 20
    relaxed = {step for answer in answers for step, _asked, _used in answer.relaxed}
    assert relaxed == {"within", "format", "reach", *TIMES}
    assert sum(bool(answer.corrected) for answer in answers) >= 10
    assert counts.count(0) >= 5
    reaches = {result.reach for answer in answers for result in answer.results}
    assert reaches == set(range(len(REASONS)))


@of_all_questions
def test_enough_questions_of_time_and_of_other_currencies_find_something(
    catalogue: Reference, expected_of: ExpectedOf
) -> None:
    answers = [expected_of(number)[1] for number in range(QUESTIONS)]
    found = [answer for answer in answers if answer.results and not answer.relaxed]
    for parameter in TIMES:
        assert sum(parameter in dict(answer.question.time_conditions) for answer in found) >= 10, parameter
    assert sum(len(answer.question.time_conditions) > 1 for answer in found) >= 15
    in_order = [answer for answer in found if answer.question.sort == Sort.NEXT_MEETING]
    assert sum(len({result.next_meeting for result in answer.results}) > 10 for answer in in_order) >= 5
    priced = [answer.question for answer in found if answer.question.max_price]
    beside = {
        currency for entry in catalogue.entries for currency in entry.prices if currency != entry.currency
    }
    assert beside == set(CURRENCIES.values())
    assert len({asked.currency for asked in priced}) == len(beside)
