"""Back up the whole database to one file, and restore it to SQLite or PostgreSQL, row for row.

A backup is gzipped JSON lines: a header, each row as Django's `jsonl` serializer writes it, then the number
of rows and their SHA-256 for each table. `restore_backup` computes the same figures from the database it has
just filled, and rolls back if one differs.

Contact details of the public, drafts, sessions and sign-in secrets are in no backup: `LEFT_OUT` and `BLANKED`
list them. So after a restore each account needs a new password and a new second step. Rows that are computed
from other rows (`DERIVED`) are computed again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.encoding import is_protected_type
from django.utils.translation import gettext as _

from resources.events import log_event, log_event_on_commit
from resources.models.batches import batches
from resources.search.projection import rebuild_listings

FORMAT = 2
BATCH = 1000  # rows written by one statement
# PostgreSQL keeps the keys of a JSON value in an order of its own, so each line sorts them.
LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS
# Personal data and secrets, which no copy may contain, and files that curators have not confirmed yet.
LEFT_OUT = (
    "mfa.Authenticator",
    "resources.Draft",
    "resources.PasswordLink",
    "resources.PlannedRow",
    "resources.ReplyAddress",
    "resources.Upload",
    "sessions.Session",
)
BLANKED: Mapping[str, tuple[str, ...]] = {"auth.User": ("password",)}
# Made by `migrate`; a backup refers to them by natural key.
MADE_BY_MIGRATE = ("auth.Group", "auth.Permission", "contenttypes.ContentType")
DERIVED = (
    "resources.CatalogueChange",
    "resources.CatalogueWord",
    "resources.Listing",
    "resources.ListingMeeting",
    "resources.ListingText",
)


class BackupRefused(Exception):
    """The backup cannot be restored here; the message tells the operator why."""


@dataclass
class Table:
    """The number of rows of a table, and the SHA-256 of their lines in the order of their primary keys."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.digest.update(line)

    def figures(self) -> list[Any]:
        return [self.rows, self.digest.hexdigest()]


def tables() -> list[type[models.Model]]:
    """Return the models whose rows a backup contains, ordered by label, accounts first.

    Rows that name an account by its user name are restored by looking it up.
    """
    left_out = {*LEFT_OUT, *MADE_BY_MIGRATE, *DERIVED}
    included = [
        model
        for model in apps.get_models()
        if model._meta.label not in left_out and model._meta.managed and not model._meta.proxy
    ]
    return sorted(included, key=lambda model: (model is not User, model._meta.label))


def write_backup(path: Path, *, at: datetime) -> dict[str, list[Any]]:
    """Write the database to `path`, which appears only when complete. Return {table: [rows, SHA-256]}.

    Reads in one transaction, so that writers need not wait and no change is seen half. Only the owner of the
    file may read it (mode 600).
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.touch(mode=0o600)
    try:
        with gzip.open(partial, "wb", compresslevel=6) as out, _snapshot():
            header = {"format": FORMAT, "made_at": at.isoformat(), "migrations": _migrations()}
            out.write(orjson.dumps(header) + b"\n")
            figures = {}
            for model in tables():
                table = Table()
                for line in _lines(model):
                    table.add(line)
                    out.write(line)
                figures[model._meta.label] = table.figures()
            out.write(orjson.dumps({"tables": figures}) + b"\n")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    log_event("backup", tables=len(figures), rows=_rows_in(figures))
    return figures


def restore_backup(path: Path, *, at: datetime) -> dict[str, list[Any]]:
    """Fill the database, which must be migrated and empty, from a backup. Return {table: [rows, SHA-256]}.

    Restores everything or nothing. Raises BackupRefused where the file or the database is not suitable.
    """
    if filled := next((model for model in tables() if model._base_manager.exists()), None):
        raise BackupRefused(
            _("This database is not empty: it has rows in %(table)s. Restore into a new one, after migrate.")
            % {"table": filled._meta.verbose_name_plural}
        )
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines, transaction.atomic():
            figures = _restore(lines)
            rebuild_listings(at=at)
            log_event_on_commit("restore", tables=len(figures), rows=_rows_in(figures))
    except FileNotFoundError:
        raise BackupRefused(_("Backup not found: %(file)s.") % {"file": path}) from None
    except (OSError, EOFError, UnicodeDecodeError, ValueError, DeserializationError) as error:
        raise BackupRefused(
            _("This backup file is not complete: %(why)s.") % {"why": type(error).__name__}
        ) from None
    except DatabaseError as error:
        raise BackupRefused(
            _("The database refused a row: %(why)s.") % {"why": type(error).__name__}
        ) from None
    return figures


def _rows_in(figures: Mapping[str, list[Any]]) -> int:
    return sum(rows for rows, _digest in figures.values())


def _restore(lines: Iterable[str]) -> dict[str, list[Any]]:
    rows = iter(lines)
    _check_header(json.loads(next(rows, "{}")))
    expected: dict[str, list[Any]] = {}
    for batch in batches(rows, BATCH):
        if batch[-1].startswith('{"tables"'):
            expected = json.loads(batch.pop())["tables"]
        _insert(serializers.deserialize("jsonl", "".join(batch)))
    _reset_sequences()
    figures = {model._meta.label: _table(model).figures() for model in tables()}
    if differing := [name for name in {*figures, *expected} if figures.get(name) != expected.get(name)]:
        raise BackupRefused(
            _("What was restored differs from the backup in: %(tables)s. Nothing was kept.")
            % {"tables": ", ".join(sorted(differing))}
        )
    return figures


def _check_header(header: Any) -> None:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BackupRefused(_("This is not a backup that this version reads."))
    if header["migrations"] != _migrations():
        raise BackupRefused(
            _("This backup is of a version with other tables. Restore it with the version that made it.")
        )


def _migrations() -> list[list[str]]:
    """Return the applied migrations of this project, sorted."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted([app, name] for app, name in applied if app == "resources")


@contextmanager
def _snapshot() -> Iterator[None]:
    """Open a transaction that sees one state of every table and does not block writers."""
    isolation = " ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # the caller's transaction already sees one state
            yield
            return
        cursor.execute(f"BEGIN{isolation}")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    """Yield the rows of a table as JSON lines, in the order of their primary keys.

    The lines are those of Django's `jsonl` serializer, but with sorted keys and whole microseconds, and in a
    quarter of the time: a restore makes every one of them again to compare them.
    """
    blank = BLANKED.get(model._meta.label, ())
    local_fields: Any = model._meta.local_fields
    fields = [field for field in local_fields if field.serialize and field.name not in blank]
    m2m_fields = _m2m_fields(model)
    rows = model._base_manager.order_by("pk").prefetch_related(*(field.name for field in m2m_fields))
    if named := [field.name for field in fields if _is_by_name(field)]:
        rows = rows.select_related(*named)  # without a name it would join everything
    for record in rows.iterator(chunk_size=BATCH):
        values = {field.name: _value(record, field) for field in fields}
        for relation in m2m_fields:
            related = getattr(record, relation.name).all()
            values[relation.name] = sorted(
                _reference(each, by_name=_is_by_name(relation)) for each in related
            )
        row = {"model": model._meta.label_lower, "pk": _reference(record), "fields": values}
        yield orjson.dumps(row, default=str, option=LINE)


def _m2m_fields(model: type[models.Model]) -> list[Any]:
    fields: list[Any] = list(model._meta.many_to_many)
    return [field for field in fields if field.remote_field.through._meta.auto_created]


def _is_by_name(field: Any) -> bool:
    """True if the field refers to a table of MADE_BY_MIGRATE, whose keys differ from database to database."""
    related: Any = field.related_model
    return related is not None and related._meta.label in MADE_BY_MIGRATE


def _value(record: models.Model, field: Any) -> Any:
    value = getattr(record, field.attname)
    if value is not None and _is_by_name(field):
        return _reference(getattr(record, field.name), by_name=True)
    return value if is_protected_type(value) else field.value_to_string(record)


def _reference(record: Any, *, by_name: bool = False) -> Any:
    if by_name:
        return record.natural_key()
    return record.pk if is_protected_type(record.pk) else str(record.pk)


def _table(model: type[models.Model]) -> Table:
    table = Table()
    for line in _lines(model):
        table.add(line)
    return table


def _insert(rows: Iterable[Any]) -> None:
    """Insert rows, with one statement for each run of one table. Foreign keys are checked at commit."""
    waiting: list[Any] = []
    for row in rows:
        if waiting and type(row.object) is not type(waiting[0].object):
            _insert_run(waiting)
            waiting = []
        waiting.append(row)
    if waiting:
        _insert_run(waiting)


def _insert_run(rows: list[Any]) -> None:
    model = type(rows[0].object)
    objects = [row.object for row in rows]
    if model is User:
        for user in objects:
            user.password = make_password(None)  # no sign-in until a new password is set
    model._base_manager.bulk_create(objects)
    for relation in _m2m_fields(model):
        through = relation.remote_field.through
        owner, other = (
            through._meta.get_field(name).attname
            for name in (relation.m2m_field_name(), relation.m2m_reverse_field_name())
        )
        through._base_manager.bulk_create(
            through(**{owner: row.object.pk, other: pk})
            for row in rows
            for pk in (row.m2m_data or {}).get(relation.name, ())
        )


def _reset_sequences() -> None:
    """Let new primary keys follow the restored ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
