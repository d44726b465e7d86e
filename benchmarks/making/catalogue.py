"""Makes up a catalogue of any size, and makes its listings true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from benchmarks.making.chance import Chance
from benchmarks.making.places import MakingRefused, read_map
from benchmarks.making.rows import Rows
from benchmarks.making.services import Maker
from benchmarks.making.wordings import MARK
from resources.exchange.mapping import permanent_id
from resources.models import ImportRun, Source, SourceRecord, Taxonomy, TaxonomyTerm
from resources.models.batches import seldom_collecting_garbage
from resources.search.projection import refresh_listings
from resources.vocabulary import PREGNANCY_TOPIC, TRAUMA_TOPIC

SOURCE_SLUG = "made"
SOURCE_NAME = f"{MARK}records"
MAX_LISTINGS = 2_000_000
BATCH_SIZE = 2000  # listings written at a time; progress is reported after each batch
TOPICS = (
    *("Anniversaries", "Art and music", "Faith", "Fertility", "Genetic tests", "Hospital stay"),
    *("Names and naming", "Pregnancy after loss", "Returning to work", "Trauma", "Walks", "Women’s health"),
)
# Topics by which mental health clinics are ordered.
ORDERING_TOPICS = {"Trauma": TRAUMA_TOPIC, "Pregnancy after loss": PREGNANCY_TOPIC}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    services: int
    listings: int


def make_listings(
    *, number: int, seed: int, at: datetime, progress: Progress = lambda done, total: None
) -> Made:
    """Makes up services for about `number` listings, in one transaction; what is there already stays.

    A seed makes the same records everywhere, ids and all, and only once. `progress` hears (listings done,
    listings in all). Raises MakingRefused for a number or seed that cannot be used, or without a gazetteer.
    """
    _check(number, seed)
    chance, world = Chance(seed), read_map()
    with transaction.atomic(), seldom_collecting_garbage():
        run = _open_run(seed, at)
        maker = Maker(chance, world, _write_topics(), at)
        listings = 0
        while listings < number:
            listings += _write_batch(maker, Rows(run, seed), min(BATCH_SIZE, number - listings))
            progress(min(listings, number), number)
        run.counts = {"new": maker.services, "listings": listings}
        run.save()
    return Made(maker.services, listings)


def _check(number: int, seed: int) -> None:
    if not 1 <= number <= MAX_LISTINGS:
        raise MakingRefused(f"Ask for 1 to {MAX_LISTINGS:,} listings.")
    if SourceRecord.objects.filter(source__slug=SOURCE_SLUG, key=f"{seed}-1").exists():
        raise MakingRefused(f"The listings of seed {seed} are there already. Choose another seed.")


def _open_run(seed: int, at: datetime) -> ImportRun:
    source, _created = Source.objects.get_or_create(
        slug=SOURCE_SLUG, defaults={"name": SOURCE_NAME, "publishes": True}
    )
    return ImportRun.objects.create(source=source, file_name=f"seed {seed}", started_at=at, finished_at=at)


def _write_topics() -> list[UUID]:
    """Every seed shares them."""
    taxonomy, _created = Taxonomy.objects.get_or_create(
        name=f"{MARK}topics", defaults={"pk": permanent_id(SOURCE_SLUG, "topics")}
    )
    terms = [
        TaxonomyTerm(
            id=permanent_id(SOURCE_SLUG, "topic", name),
            taxonomy=taxonomy,
            code=ORDERING_TOPICS.get(name, f"made-{number}"),
            name=name,
        )
        for number, name in enumerate(TOPICS)
    ]
    TaxonomyTerm.objects.bulk_create(terms, ignore_conflicts=True)
    return [term.id for term in terms]


def _write_batch(maker: Maker, rows: Rows, listings: int) -> int:
    """Writes services for so many listings, or for one organization more; returns how many it made."""
    drawn = 0
    while drawn < listings:
        drawn += maker.draw_organization(rows)
    rows.write()
    return refresh_listings(rows.service_ids, at=maker.at)
