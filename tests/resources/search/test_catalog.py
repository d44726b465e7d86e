"""The sets in each process: after any change they are what reading everything anew would give.

Several processes write at random, some of it rolled back, and ask at random in between, each from sets that
it only ever patched. What they answer is then compared with sets that were read anew.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from resources.models import Listing, Location, Service
from resources.search import catalog as module
from resources.search import common_words
from resources.search.backends import text_index
from resources.search.backends.base import COLUMNS
from resources.search.catalog import Catalog, ReadingAgain, catalog, members, set_of
from resources.search.engine import search_listings
from resources.search.filters import ListingFilterSet
from resources.search.packing import MASKS, NUMBERS, SIZE, ListingFacts, OutdatedFacts, unpack
from resources.search.projection import rebuild_listings, refresh_listings
from resources.search.version import clear_cached_version, record_change
from resources.vocabulary import ContentNote, Cost, Kind, Loss, Status
from tests.build import DALLAS, build_cost, build_location, build_organization, build_service
from tests.examples import share_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KINDS = (Kind.SUPPORT_GROUP, Kind.HELPLINE, Kind.COUNSELLING, Kind.CLINIC, Kind.CRISIS_LINE)
WORDS = ("grief", "miscarriage", "support", "circle", "rainbow", "health center", "evening")
QUESTIONS: Sequence[dict[str, Any]] = (
    *({}, {"near": "32.78,-96.80"}, {"near": "32.78,-96.80", "within": "100mi", "sort": "distance"}),
    *({"q": word} for word in WORDS),
    *({"q": '"evening circle"'}, {"q": "circle grief", "near": "32.78,-96.80"}, {"sort": "name"}),
    *({"sort": "assured"}, {"avoid": ["faith_based"]}, {"kind": ["support_group", "helpline"]}),
    *({"max_price": "20"}, {"max_price": "20", "currency": "GBP"}, {"cost": ["free"]}, {"loss": ["tfmr"]}),
    *({"reach": "remote"}, {"reach": "local", "near": "32.78,-96.80"}, {"near": "30.27,-97.74"}),
    *(
        {"assured_since": "2026-01-01"},
        {"country": ["GB"]},
        {"language": ["es"]},
        {"page_size": "3"},
    ),
)
# Another process: it writes and asks at random when told a seed, and then says what it answers.
ANOTHER = """
import django, json, random, sys
django.setup()
from tests.resources.search import test_catalog
for line in iter(input, "end"):
    print(json.dumps(test_catalog.obey(line)), flush=True)
"""


def build_few(chance: random.Random) -> None:
    organizations = [build_organization(f"Kind People {number}") for number in range(3)]
    places = [
        build_location((DALLAS[0] + number / 10, DALLAS[1]), city=f"Town {number}") for number in range(5)
    ]
    places.append(build_location((30.27, -97.74), city="Austin"))
    for number in range(12):
        service = build_service(
            f"{chance.choice(WORDS)} group {number}",
            organization=chance.choice(organizations),
            at=chance.sample(places, chance.choice((0, 1, 1, 2, 3))),
            areas=chance.sample(("US", "US-TX", "*", "GB"), chance.choice((1, 1, 2))),
        )
        write(chance, service)


def write(chance: random.Random, service: Service) -> None:
    """Change anything that a question may ask of a service, and its listings with it."""
    fields: dict[str, Any] = {
        "name": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {chance.randrange(100)}",
        "description": " ".join(chance.choices(WORDS, k=6)),
        "status": chance.choice((Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.INACTIVE)),
        "kind": chance.choice(
            (Kind.SUPPORT_GROUP, Kind.HELPLINE, Kind.COUNSELLING, Kind.CLINIC, Kind.CRISIS_LINE)
        ),
        "assured_date": chance.choice((None, date(2025, 5, 1), date(2026, 11, 1), date(2026, 11, 20))),
        "losses": chance.choice(([], [Loss.MISCARRIAGE], [Loss.TFMR, Loss.ABORTION], [Loss.ANY_LOSS])),
        "content_notes": chance.choice(([], [ContentNote.FAITH_BASED], [ContentNote.OPPOSES_ABORTION])),
        "content_clear": chance.choice(([], [ContentNote.COMMERCIAL])),
    }
    if ContentNote.FAITH_BASED not in fields["content_notes"] and chance.random() < 0.5:
        fields["content_clear"] = [ContentNote.FAITH_BASED]
    Service.objects.filter(pk=service.pk).update(**fields)
    service.cost_options.all().delete()
    for currency in chance.sample(("USD", "GBP", "EUR"), chance.choice((0, 1, 2))):
        build_cost(service, Cost.FIXED, chance.choice((10, 20, 40)), currency=currency)
    if chance.random() < 0.2:
        places = Location.objects.filter(service_at_locations__service=service)
        places.update(latitude=DALLAS[0] + chance.random(), longitude=DALLAS[1] + chance.random())
        services = Service.objects.filter(service_at_locations__location__in=places).values_list(
            "pk", flat=True
        )
        refresh_listings({service.pk, *services}, at=NOW)
    else:
        refresh_listings([service.pk], at=NOW)


def write_and_ask(seed: str, *, steps: int) -> None:
    """Write at random, some of it rolled back after asking about it, and ask in between."""
    chance = random.Random(seed)
    for _step in range(steps):
        services = list(Service.objects.order_by("pk"))
        undone = chance.random() < 0.25
        # Where two write the same services, PostgreSQL rolls one of them back.
        with suppress(IntegrityError, OperationalError), transaction.atomic():
            for service in chance.sample(services, chance.choice((1, 1, 2, 5))):
                write(chance, service)
            if chance.random() < 0.05:
                rebuild_listings(at=NOW)
            if undone:
                answers()
                transaction.set_rollback(True)
        for question in chance.sample(QUESTIONS, 4):
            answer(question)


def answer(parameters: dict[str, Any]) -> Any:
    filters = ListingFilterSet(parameters)
    assert filters.parameter_errors() == []
    found = search_listings(replace(filters.question(), now=NOW))
    results = [(each["id"], each["section"], each["why"], each["distance_km"]) for each in found.results]
    return [found.count, dict(found.sections), found.hidden, found.not_known, found.facets, results]


def answers() -> list[Any]:
    """The answers to all questions, as JSON has them, from what is known of the catalogue now."""
    clear_cached_version()
    made: list[Any] = json.loads(json.dumps([answer(question) for question in QUESTIONS]))
    return made


def anew() -> list[Any]:
    module.forget_catalog()
    return answers()


def obey(line: str) -> Any:
    words = line.split()
    if words[0] == "write":
        write_and_ask(words[1], steps=int(words[2]))
        return "written"
    return answers()


class Other:
    """Another process on the same database."""

    def __init__(self) -> None:
        settings = connection.settings_dict
        url = f"sqlite:///{settings['NAME']}"
        if connection.vendor == "postgresql":
            url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings['NAME']}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", ANOTHER],
            cwd=Path(__file__).resolve().parents[3],
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def tell(self, words: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout
        assert self.process.stderr
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)


@pytest.fixture
def others(transactional_db: None) -> Iterator[list[Other]]:
    started = [Other(), Other()]
    yield started
    for other in started:
        with other.process:
            other.process.communicate("end\n", timeout=60)


@pytest.mark.slow("starts two processes that write beside each other")
def test_processes_that_write_beside_each_other_all_answer_what_is_there(others: list[Other]) -> None:
    build_few(random.Random(1))
    answers()
    for number in range(share_of(12)):
        for name, other in enumerate(others):
            other.tell(f"write {number}-{name} 6")
        write_and_ask(f"{number}-own", steps=6)
        assert [other.hear() for other in others] == ["written", "written"]
        patched = answers()
        for other in others:
            other.tell("answer")
            assert other.hear() == patched
        assert anew() == patched


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow("makes thousands of listings")
def test_a_change_is_patched_in_and_not_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(2)
    build_few(chance)
    answers()
    before = catalog()
    monkeypatch.setattr(Catalog, "__init__", lambda *_rows: pytest.fail("everything was read again"))
    for service in Service.objects.order_by("pk"):
        write(chance, service)
        patched = answers()
    assert catalog() is not before
    monkeypatch.undo()
    assert anew() == patched


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_seen_by_its_own_transaction_alone() -> None:
    service = build_service("Evening circle", at=[DALLAS])
    before, shared = answers(), catalog()
    with transaction.atomic():
        Service.objects.filter(pk=service.pk).update(status=Status.INACTIVE)
        refresh_listings([service.pk], at=NOW)
        assert answer({})[0] == 0
        assert module._shared is not None
        assert module._shared[1] is shared
        transaction.set_rollback(True)
    assert answers() == before
    assert catalog() is shared


@pytest.mark.django_db
def test_a_part_of_a_transaction_that_is_rolled_back_is_not_seen_by_the_rest() -> None:
    service = build_service("Evening circle", at=[DALLAS])
    before = answer({})
    with transaction.atomic():
        Service.objects.filter(pk=service.pk).update(status=Status.INACTIVE)
        refresh_listings([service.pk], at=NOW)
        assert answer({})[0] == 0
        transaction.set_rollback(True)
    assert answer({}) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow("starts another process")
def test_a_process_goes_on_with_what_it_knows_when_another_version_writes_listings() -> None:
    build_service("Evening circle", at=[DALLAS])
    before = answers()
    [listing] = Listing.objects.all()
    Listing.objects.update(facts=b"\0" + bytes(listing.facts))
    record_change([listing.public_id], [listing.pk])
    assert answers() == before
    with pytest.raises(OutdatedFacts, match="run rebuild_listings"):
        anew()
    rebuild_listings(at=NOW)
    assert answers() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow("makes hundreds of changes")
def test_after_many_changes_all_are_read_again_beside_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_LISTINGS", 5)
    readers, may_end, read = [], threading.Event(), ReadingAgain.run

    def read_slowly(reader: ReadingAgain) -> None:
        readers.append(reader)
        read(reader)
        may_end.wait()

    monkeypatch.setattr(ReadingAgain, "run", read_slowly)
    service = build_service("Evening circle", areas=["US"])
    for number in range(24):
        may_end.clear()
        Service.objects.filter(pk=service.pk).update(name=f"Circle {number}")
        refresh_listings([service.pk], at=NOW)
        clear_cached_version()
        assert answer({"q": f"circle {number}"})[0] == 1
        if number % 8 == 7:
            may_end.set()
            readers[-1].join()
            assert len(catalog().ids) < 12
    may_end.set()
    assert len(readers) > 2
    assert answers() == anew()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow("makes many listings")
def test_common_words_are_found_without_the_text_index_where_it_finds_them() -> None:
    build_few(random.Random(3))
    known, found = catalog(), 0
    for column, tokens in enumerate(common_words.places()):
        for token in tokens:
            indexed = known.set_of_ids(text_index().listings_with((token,), COLUMNS[column]))
            assert known.saying((token,), column) == indexed, token
            found += indexed.bit_count()
    assert found > 20


@pytest.mark.parametrize("seed", range(20))
def test_a_set_holds_the_slots_that_it_was_made_of(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.choice((1, 9, 70, 5000))
    slots = chance.sample(range(size), chance.randint(0, size))
    assert members(set_of(slots)) == sorted(slots)
    assert members(set_of(slots), 3) == sorted(slots)[:3]
    is_in = module.holds(set_of(slots))
    assert [slot for slot in range(size + 20) if is_in(slot)] == sorted(slots)


def test_a_listing_is_read_as_it_was_packed() -> None:
    codes: dict[str, Any] = {**dict.fromkeys(NUMBERS, 3), **dict.fromkeys(MASKS, 5)}
    point: dict[str, Any] = {"cell": 9, "x": 0.5, "y": -0.5, "z": 0.25}
    service: dict[str, Any] = {"service": UUID(int=7), "has_siblings": True}
    facts = ListingFacts(**codes, **point, **service, min_price=2000, currency="USD")
    assert len(facts.pack()) == SIZE
    assert unpack(facts.pack()) == facts
