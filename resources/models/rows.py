"""Many rows at once, without the ORM's work for each value: for what is derived, and what it derives from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import connection, models
from django.db.models.lookups import In

Row = TypeVar("Row", bound=models.Model)


def read_rows(queryset: models.QuerySet[Row]) -> list[Row]:
    """Return what a queryset finds, to read and not to save, in half the time. One query, no related rows."""
    model = queryset.model
    names = [field.attname for field in model._meta.concrete_fields]
    found = []
    for values in queryset.values_list(*names):
        row = model.__new__(model)
        row.__dict__.update(zip(names, values, strict=True))
        row._state = models.base.ModelState()
        row._state.adding, row._state.db = False, queryset.db
        found.append(row)
    return found


def made_row(model: type[Row], **values: Any) -> Row:
    """Return a row with these columns, for `insert_rows`, in a third of the time."""
    row = model.__new__(model)
    row.__dict__.update(values)
    row._state = models.base.ModelState()
    return row


class Among(In):
    """`IN` for keys that came from the database: none is prepared or checked."""

    def get_prep_lookup(self) -> Any:
        return self.rhs


def among(name: str, keys: Iterable[UUID]) -> models.Q:
    """Return `name`__in=keys in a third of the time."""
    return models.Q(Among(models.F(name), list(keys)))


def next_ids(model: type[models.Model], number: int) -> list[int]:
    """Return ids for so many new rows, which no row had yet. Within the transaction that inserts them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [number])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + 1 + number))


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows with values for these columns. No field prepares, fills in or checks a value."""
    column_of = {field.attname: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column_of[name]}"' for name in names)
    table = f'"{model._meta.db_table}" ({columns})'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_as_json(value) for value in row])
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f"INSERT INTO {table} VALUES ({marks})",
                [[_as_sqlite_has_it(value) for value in row] for row in rows],
            )


def _as_json(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _as_sqlite_has_it(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, time) else _as_json(value)
