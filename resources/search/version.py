"""The log of catalog changes, and the version by which answers are cached."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Window

from resources.models import CatalogueChange

# A process queries once a second at most. It sees its own changes at once, other processes' within a second.
CACHE_SECONDS = 1.0
# Overlapping transactions do not commit in the order of their rows: the newest row alone would miss a change
# that began before it and committed after it.
NEWEST_CHANGES = 16

_cached: tuple[float, str] | None = None


def catalog_version() -> str:
    """Return a string that changes with every visible change and never recurs, not even after a rollback.

    One small query, and none within CACHE_SECONDS of the last. Read before the answer it tags, so it may be
    older than the answer and never newer.
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
    """Record a new version in the current transaction.

    `listing_ids` are the public ids of the listings that were written or removed; empty if another page
    changed.
    """
    CatalogueChange.objects.create(listing_ids=sorted(map(str, listing_ids)))
    _clear_when_committed()


def record_rebuild(projection_digest: str, *, made_date: date) -> None:
    """Restart the log, and record by which code and on which day all listings were built."""
    CatalogueChange.objects.all().delete()
    CatalogueChange.objects.create(listing_ids=None, projection_digest=projection_digest, made_date=made_date)
    _clear_when_committed()


def last_rebuild() -> CatalogueChange | None:
    """Return the log entry of the last rebuild; None if listings were never built."""
    return CatalogueChange.objects.exclude(projection_digest="").order_by("-pk").first()


def clear_cached_version() -> None:
    """Forget the cached version, so that the next read queries the database."""
    global _cached
    _cached = None


def _clear_when_committed() -> None:
    clear_cached_version()
    transaction.on_commit(clear_cached_version)
