"""The version of the catalogue: another with every change, and never one that was seen before."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from resources.curation import publishing
from resources.models import CatalogueChange, Listing
from resources.search.projection import ABOVE_SEARCH, rebuild_listings, refresh_listings
from resources.search.version import catalog_version, clear_cached_version, record_change
from tests.build import DALLAS, build_service

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANOTHER_PROCESS = """
import django
django.setup()
from django.db import transaction
from resources.search.version import catalog_version, clear_cached_version, record_change
for line in iter(input, "end"):
    clear_cached_version()
    if line == "change":
        with transaction.atomic():
            record_change(())
            print(catalog_version(), flush=True)
    elif line == "roll back":
        with transaction.atomic():
            record_change(())
            print(catalog_version(), flush=True)
            transaction.set_rollback(True)
    else:
        print(catalog_version(), flush=True)
"""


def read_version() -> str:
    clear_cached_version()
    return catalog_version()


class Other:
    """Another process on the same database."""

    def __init__(self, process: Any) -> None:
        self.process = process

    def ask(self, words: str) -> str:
        """The version that it sees, after it has done what `words` say."""
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()
        version: str = self.process.stdout.readline().strip()
        assert version, self.process.stderr.read()
        return version


@pytest.fixture
def other(transactional_db: None) -> Iterator[Other]:
    settings = connection.settings_dict
    url = f"sqlite:///{settings['NAME']}"
    if connection.vendor == "postgresql":
        url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS],
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Other(process)
        process.communicate("end\n")


@pytest.mark.slow("starts another process")
def test_no_version_recurs_after_a_rollback_in_one_process_or_another(other: Other) -> None:
    seen = [other.ask("look")]
    assert read_version() == seen[0]
    for words in ("change", "roll back", "change", "roll back", "roll back", "change"):
        version = other.ask(words)
        assert version not in seen
        seen.append(version)
        with transaction.atomic():
            record_change(())
            version = read_version()
            assert version not in seen
            seen.append(version)
            transaction.set_rollback(True)
        record_change(())
        version = read_version()
        assert version not in seen
        seen.append(version)
        assert other.ask("look") == version


@pytest.mark.django_db
def test_a_change_that_is_committed_late_makes_another_version() -> None:
    late = CatalogueChange(pk=1_000_000, number=1_000_000)
    CatalogueChange.objects.create(pk=1_000_001, number=1_000_001)
    before = read_version()
    late.save(force_insert=True)
    assert read_version() != before


@pytest.mark.django_db
def test_a_change_names_the_listings_that_it_wrote_or_removed() -> None:
    service = build_service("Circle", at=[DALLAS])
    other = build_service("Line", areas=["US"])
    first, second = (Listing.objects.get(service=each).public_id for each in (service, other))
    CatalogueChange.objects.all().delete()
    refresh_listings([service.pk, other.pk], at=NOW)
    publishing.withdraw(services=[service], reason="It ended.", by=None, at=NOW)
    refresh_listings([], at=NOW)
    changes = CatalogueChange.objects.order_by("pk").values_list("listing_ids", flat=True)
    assert list(changes) == [sorted([str(first), str(second)]), [str(first)]]


@pytest.mark.django_db
def test_a_rebuild_starts_the_log_anew_and_touches_every_listing() -> None:
    build_service("Line", areas=["US"])
    before = read_version()
    rebuild_listings(at=NOW)
    [change] = CatalogueChange.objects.all()
    assert change.listing_ids is None
    assert read_version() != before


def test_only_what_stands_above_search_has_no_say_in_a_listing(repository: Path) -> None:
    linter = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [each["layers"] for each in linter["contracts"] if each.get("containers") == ["resources"]]
    above = {name for layer in layers[: layers.index("search")] for name in layer.split(" | ")}
    assert above == set(ABOVE_SEARCH)
