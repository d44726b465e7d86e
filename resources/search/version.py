"""The log of changes to the catalogue, and the version by which an answer may be kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Window

from resources.models import CatalogueChange

# A process looks once a second at most. Its own changes it sees at once, another's within that second.
CACHE_SECONDS = 1.0
# Transactions that overlap are not committed in the order of their rows: the newest row alone would not show
# a change that was begun before it and committed after it.
NEWEST_CHANGES = 16

_cached: tuple[float, str] | None = None


def catalog_version() -> str:
    """Changes with every change that visitors may see, and never recurs, not even after a rollback.

    One small query, and none within a second of the last. It is read before the answer it goes with, so it
    may be older than the answer and never newer.
    """
    global _cached
    now = time.monotonic()
    if _cached is None or now - _cached[0] >= CACHE_SECONDS:
        _cached = now, _read_version()
    return _cached[1]


def _read_version() -> str:
    newest = (
        CatalogueChange.objects.order_by("-pk")
        .annotate(number=Window(Count("pk")))
        .values_list("number", "token")[:NEWEST_CHANGES]
    )
    return hashlib.sha256(repr(list(newest)).encode()).hexdigest()[:32]


def record_change(listing_ids: Iterable[UUID]) -> None:
    """Makes a new version, in the transaction of the change itself.

    `listing_ids` are the public ids of the listings that were written or removed; there may be none, where a
    page changed that is no listing.
    """
    CatalogueChange.objects.create(listing_ids=sorted(map(str, listing_ids)))
    _clear_when_committed()


def record_rebuild(projection_digest: str, *, made_date: date) -> None:
    """Starts the log anew, and notes by which code and on which day every listing was made."""
    CatalogueChange.objects.all().delete()
    CatalogueChange.objects.create(listing_ids=None, projection_digest=projection_digest, made_date=made_date)
    _clear_when_committed()


def last_rebuild() -> CatalogueChange | None:
    return CatalogueChange.objects.exclude(projection_digest="").order_by("-pk").first()


def clear_cached_version() -> None:
    global _cached
    _cached = None


def _clear_when_committed() -> None:
    clear_cached_version()
    transaction.on_commit(clear_cached_version)
