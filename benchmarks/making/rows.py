"""Records that wait to be written, some thousand at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from resources.models import (
    Accessibility,
    CostOption,
    ImportRun,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
)
from resources.models.codes import CodesField
from resources.models.dates import DatesField
from resources.models.rows import insert_rows

# Each after those that it points to.
ORDER: tuple[type[models.Model], ...] = (
    Organization,
    Service,
    Location,
    ServiceAtLocation,
    Accessibility,
    CostOption,
    Language,
    Phone,
    Schedule,
    ServiceArea,
    ServiceAudience,
    Service.topics.through,
    SourceRecord,
)


class Rows:
    """The rows of one batch of one run."""

    def __init__(self, run: ImportRun, seed: int) -> None:
        self.run = run
        self.seed = seed
        self.kept: dict[type[models.Model], list[models.Model]] = {model: [] for model in ORDER}
        self.service_ids: list[UUID] = []

    def add(self, row: models.Model) -> None:
        self.kept[type(row)].append(row)

    def write(self) -> None:
        for model, rows in self.kept.items():
            fields = [
                field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
            ]
            names = [field.attname for field in fields]
            insert_rows(model, names, (list(_values(row, fields)) for row in rows))

    def add_service(self, service: Service, number: int) -> None:
        """The service, and the note that it was made up: the seed and its number among those of the seed."""
        self.add(service)
        self.service_ids.append(service.id)
        key = f"{self.seed}-{number}"
        self.add(
            SourceRecord(
                source_id=self.run.source_id,
                key=key,
                raw={"seed": self.seed, "number": number, **_year_seen(number)},
                source_url=(service.url, "https://news.example/groups", "")[number % 3],
                digest=hashlib.sha256(key.encode()).hexdigest(),
                first_run_id=self.run.pk,
                last_run_id=self.run.pk,
                service_id=service.id,
                organization_id=service.organization_id,
            )
        )


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> Iterator[Any]:
    for field in fields:
        value = row.__dict__[field.attname]
        yield field.get_prep_value(value) if isinstance(field, CodesField | DatesField) else value


def _year_seen(number: int) -> dict[str, str]:
    """Return the year in which a source saw a service, of every other one."""
    return {"source_year": str(2016 + number % 11)} if number % 2 else {}
