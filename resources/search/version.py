"""Which version of the catalogue there is: what an answer may be kept by, and told apart from a newer one."""

from __future__ import annotations

import time
from datetime import date

from django.db import transaction
from django.db.models import Count, Max

from resources.models import CatalogueChange

# A process looks once a second at most. Its own changes it sees at once, another's within that second.
SECONDS_KEPT = 1.0

_seen: tuple[float, str] | None = None


def catalogue_version() -> str:
    """Changes with every change that visitors may see. One small query, and none within a second of the last.

    It is read before the answer it goes with, so it may be older than the answer and never newer.
    """
    global _seen
    now = time.monotonic()
    if _seen is None or now - _seen[0] >= SECONDS_KEPT:
        changes = CatalogueChange.objects.aggregate(last=Max("pk"), number=Count("pk"))
        _seen = now, f"{changes['last'] or 0}.{changes['number']}"
    return _seen[1]


def record_change() -> None:
    """Makes a new version, in the transaction of the change itself.

    Two that overlap in time are told apart by their number, whichever of them ends first.
    """
    CatalogueChange.objects.create()
    _clear_when_committed()


def record_rebuild(rules: str, *, made_on: date) -> None:
    """Makes a new version, and notes by which rules and on which day every listing was made."""
    CatalogueChange.objects.all().delete()
    CatalogueChange.objects.create(rules=rules, made_on=made_on)
    _clear_when_committed()


def last_rebuild() -> CatalogueChange | None:
    return CatalogueChange.objects.exclude(rules="").order_by("-pk").first()


def clear_cached_version() -> None:
    global _seen
    _seen = None


def _clear_when_committed() -> None:
    clear_cached_version()
    transaction.on_commit(clear_cached_version)
