"""The log of catalog changes: the version by which answers are cached, and what is new in it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from resources.models import CatalogueChange

# A process queries once a second at most. It sees its own changes at once, other processes' within a second.
CACHE_SECONDS = 1.0


@dataclass
class SeenLog:
    """What this process has seen of the log outside any transaction, so that it reads only what is new.

    `digest` is the sum of all tokens, so that it does not depend on the order in which they were seen.
    `tokens` are those of the changes from `number` on, which the next look meets again. `touched` are the
    rows of listings that changed since they were last taken; None if all may have.
    """

    digest: int = 0
    number: int = 0
    tokens: frozenset[UUID] = frozenset()
    touched: set[int] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> str:
        """Read what is new and return the version. One query, two if all listings were rebuilt."""
        with self.lock:
            rows = list(CatalogueChange.objects.since(self.number))
            new = [row for row in rows if row[1] not in self.tokens]
            if self.number == 0 or any(listing_ids is None for _next, _token, listing_ids, _rows in new):
                # The log was started again: nothing that was seen before counts.
                if self.number:
                    rows = list(CatalogueChange.objects.since(0))
                self.digest, self.touched, new = 0, None, rows
            for _next, token, _listing_ids, row_ids in new:
                self.digest += token.int
                if self.touched is not None:
                    self.touched.update(row_ids)
            if rows:
                self.number, self.tokens = rows[0][0], frozenset(row[1] for row in rows)
            return _version(self.digest)

    def take(self) -> set[int] | None:
        """Return the rows of listings that changed since this was last called; None if all may have."""
        with self.lock:
            touched, self.touched = self.touched, set()
            return touched

    def forget(self) -> None:
        """Start as a process does that has seen nothing."""
        with self.lock:
            self.digest, self.number, self.tokens, self.touched = 0, 0, frozenset(), None


class InTransaction(threading.local):
    """The version as a transaction of this thread sees it, which no other may.

    `changes` is which of its own changes it sees: a rollback to a savepoint takes some back.
    """

    cached: tuple[float, str] | None = None
    changes: tuple[int, int] | None = None


SEEN = SeenLog()
_cached: tuple[float, str] | None = None
_in_transaction = InTransaction()


def catalog_version() -> str:
    """Return a string that changes with every visible change and never recurs, not even after a rollback.

    One small query, and none within CACHE_SECONDS of the last. Read before the answer it tags, so it may be
    older than the answer and never newer.
    """
    global _cached
    now = time.monotonic()
    if connection.in_atomic_block:
        return _version_in_transaction(now)
    if _cached is None or now - _cached[0] >= CACHE_SECONDS:
        _cached = now, SEEN.look()
    return _cached[1]


def _version_in_transaction(now: float) -> str:
    """Return the version that this transaction sees. Nothing of it is kept for others."""
    own = _in_transaction
    # What a rollback undoes, it also takes from what is to be done after the commit.
    pending = sum(1 for hook in connection.run_on_commit if hook[1] is clear_cached_version)
    changes = id(connection.atomic_blocks[0]), pending
    if own.cached is None or own.changes != changes or now - own.cached[0] >= CACHE_SECONDS:
        tokens = CatalogueChange.objects.values_list("token", flat=True)
        own.cached, own.changes = (now, _version(sum(token.int for token in tokens))), changes
    return own.cached[1]


def _version(digest: int) -> str:
    return hashlib.sha256(str(digest).encode()).hexdigest()[:32]


def record_change(listing_ids: Iterable[UUID], row_ids: Iterable[int] = ()) -> None:
    """Record a new version in the current transaction.

    `listing_ids` are the public ids of the listings that were written or removed, `row_ids` their rows; empty
    if another page changed.
    """
    CatalogueChange.objects.record(listing_ids=sorted(map(str, listing_ids)), row_ids=sorted(row_ids))
    _clear_when_committed()


def record_rebuild(projection_digest: str, *, made_date: date) -> None:
    """Restart the log, and record by which code and on which day all listings were built."""
    change = CatalogueChange.objects.record(
        listing_ids=None, projection_digest=projection_digest, made_date=made_date
    )
    CatalogueChange.objects.exclude(pk=change.pk).delete()
    _clear_when_committed()


def last_rebuild() -> CatalogueChange | None:
    """Return the log entry of the last rebuild; None if listings were never built."""
    return CatalogueChange.objects.exclude(projection_digest="").order_by("-number", "-pk").first()


def clear_cached_version() -> None:
    """Forget the cached version, so that the next read queries the database."""
    global _cached
    _cached = _in_transaction.cached = None


def _clear_when_committed() -> None:
    clear_cached_version()
    transaction.on_commit(clear_cached_version)
