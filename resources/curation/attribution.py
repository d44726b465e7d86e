"""Who last said each part of a record, and when: `Service.attribution`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from resources.curation.propagation import service_batches
from resources.history import revisions
from resources.history.snapshots import changed_fields, changed_rows, snapshot_of
from resources.models import Service

CURATOR, PUBLIC, IMPORT = "curator", "public", "import"


def record_attribution(
    services: Iterable[UUID], parts: Iterable[str], *, at: datetime, who: str = CURATOR
) -> None:
    """From now on `who` said these parts of these services."""
    told = {part: [who, at.date().isoformat()] for part in parts}
    for rows in service_batches(services):
        there = list(rows.only("attribution"))
        for service in there:
            service.attribution = {**service.attribution, **told}
        Service.objects.bulk_update(there, ["attribution"])


def attribute_changes_to_curator(services: Sequence[Service], *, at: datetime) -> None:
    """Whatever differs from what the history last kept was said by a curator now."""
    for service in revisions.reload(services):
        before = revisions.latest_snapshot(service)
        record_attribution([service.pk], changed_parts(before, snapshot_of(service)), at=at)


def changed_parts(before: Any, after: Any) -> list[str]:
    """Fields of the service itself by their names, and what hangs on it by the kind of row: "phone"."""
    parts: dict[str, None] = {}
    for model, _pk, old, new in changed_rows(before, after):
        if model == "resources.service" and old is not None and new is not None:
            parts |= dict.fromkeys(changed_fields(old, new))
        elif model != "resources.service":
            parts[model.partition(".")[2]] = None
    return list(parts)


def get_attribution(service: Service, part: str) -> tuple[str, date | None]:
    """(curator, public or import; when, or None where that is not known). The import is asked last.

    `service.source_records` should be loaded.
    """
    if told := service.attribution.get(part):
        return told[0], date.fromisoformat(told[1])
    for record in service.source_records.all():
        return IMPORT, record.seen_on
    return CURATOR, None
