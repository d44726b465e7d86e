"""A backup is the database row for row, without what no copy may hold."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from resources.curation.accounts import make_administrator
from resources.curation.contributions import receive_correction
from resources.exchange import backup
from resources.exchange.backup import BackupRefused, restore_backup, write_backup
from resources.history import revisions
from resources.models import Listing, ReplyAddress, Service, SourceRecord
from resources.search.projection import refresh_listings
from resources.vocabulary import Cost
from tests.build import DALLAS, build_service, build_source_record, build_term

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CONTACT = "canary-contact@example.org"
PASSWORD = "canary password of a curator"

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled() -> Service:
    """Records of every kind, an account with its secrets, and a contribution with a way to answer it."""
    service = build_service(
        "Evening circle",
        last_modified=NOW + timedelta(microseconds=123),
        at=[DALLAS, DALLAS],
        areas=["US-TX", "US"],
        formats=["video"],
        cost=Cost.SLIDING_SCALE,
        price=5,
        price_max=20,
        topics=[build_term("Rainbow"), build_term("Anniversaries")],
    )
    build_source_record(service)
    refresh_listings([service.pk], at=NOW)
    user = make_administrator(username="ada", password=PASSWORD, by=None)
    # Rows that name an account and come before it in the alphabet.
    EmailAddress.objects.create(user=user, email="ada@example.org")
    LogEntry.objects.log_actions(
        user.pk, User.objects.filter(pk=user.pk), CHANGE, "Opened", single_object=True
    )
    Authenticator.objects.create(user=user, type="totp", data={"secret": "canary-secret"})
    Session.objects.create(session_key="canarysession", session_data="x", expire_date=NOW)
    values: dict[str, Any] = {
        "wrong": "",
        "proposed": {"phone": "214-555-0199"},
        "note": "",
        "address": CONTACT,
    }
    receive_correction(service=service, stamp=None, at=NOW, **values)
    return service


def listings() -> list[Any]:
    return list(Listing.objects.order_by("public_id").values_list("public_id", "facts", "areas", "prices"))


def empty_database() -> None:
    for model in reversed(backup.tables()):
        model._base_manager.all().delete()
    Listing.objects.all().delete()


@pytest.mark.slow("writes and reads a whole database")
def test_what_is_restored_is_what_was_there(filled: Service, tmp_path: Path) -> None:
    shown = listings()
    figures = write_backup(tmp_path / "copy", at=NOW)
    empty_database()
    assert restore_backup(tmp_path / "copy", at=NOW) == figures
    assert listings() == shown
    restored = Service.objects.get(pk=filled.pk)
    assert (restored.name, restored.last_modified) == (filled.name, filled.last_modified)
    assert sorted(restored.topics.values_list("name", flat=True)) == ["Anniversaries", "Rainbow"]
    assert [str(group) for group in User.objects.get(username="ada").groups.all()] == ["administrator"]
    assert build_service("Another").pk  # numbers given from now on follow those that were restored


@pytest.mark.slow("builds thirty services")
def test_a_restore_takes_no_query_for_each_row(filled: Service, tmp_path: Path) -> None:
    user, term = User.objects.get(username="ada"), build_term("One")

    def count_queries(services: int) -> int:
        for _ in range(services):
            service = build_service(topics=[term])
            revisions.save_revision([service], by=user, at=NOW, comment="")
        path = tmp_path / f"{services}"
        write_backup(path, at=NOW)
        empty_database()
        with CaptureQueriesContext(connection) as queries:
            restore_backup(path, at=NOW)
        return len(queries)

    few, many = count_queries(1), count_queries(30)
    assert many - few < 10


def test_no_secret_and_no_contact_is_in_it(filled: Service, tmp_path: Path) -> None:
    user = User.objects.get(username="ada")
    write_backup(tmp_path / "copy", at=NOW)
    text = gzip.decompress((tmp_path / "copy").read_bytes()).decode()
    assert "ada" in text
    for secret in (CONTACT, "canary-secret", "canarysession", user.password):
        assert secret not in text
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


@pytest.mark.slow("writes and reads a whole database")
def test_after_a_restore_nobody_signs_in_with_what_was_left_out(filled: Service, tmp_path: Path) -> None:
    write_backup(tmp_path / "copy", at=NOW)
    empty_database()
    restore_backup(tmp_path / "copy", at=NOW)
    assert not User.objects.get(username="ada").has_usable_password()
    assert not Authenticator.objects.exists()
    assert not ReplyAddress.objects.exists()


def test_every_table_is_backed_up_left_out_or_derived_by_name() -> None:
    named = {*backup.LEFT_OUT, *backup.MADE_BY_MIGRATE, *backup.DERIVED}
    models = {model._meta.label for model in apps.get_models()}
    assert named <= models
    assert {name for name in named if name.startswith("resources.Listing")} == {
        name for name in models if name.startswith("resources.Listing")
    }


def test_keys_of_json_are_sorted_since_the_two_databases_order_them_differently(
    filled: Service, tmp_path: Path
) -> None:
    SourceRecord.objects.update(raw={"name": 1, "zip": {"b": 2, "a": 3}, "city": 4})
    write_backup(tmp_path / "copy", at=NOW)
    [line] = [line for line in lines_of(tmp_path / "copy") if '"resources.sourcerecord"' in line]
    assert '"raw":{"city":4,"name":1,"zip":{"a":3,"b":2}}' in line


def test_a_database_with_rows_is_not_written_over(filled: Service, tmp_path: Path) -> None:
    write_backup(tmp_path / "copy", at=NOW)
    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(tmp_path / "copy", at=NOW)


def lines_of(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)


def cut(lines: list[str]) -> list[str]:
    return lines[:-1]


def change_one_fact(lines: list[str]) -> list[str]:
    return [line.replace("Evening circle", "Evening square") for line in lines]


def change_format(lines: list[str]) -> list[str]:
    return [json.dumps({**json.loads(lines[0]), "format": 99}) + "\n", *lines[1:]]


def change_version(lines: list[str]) -> list[str]:
    return [json.dumps({**json.loads(lines[0]), "migrations": [["resources", "0000"]]}) + "\n", *lines[1:]]


@pytest.mark.parametrize("damage", [cut, change_one_fact, change_format, change_version])
@pytest.mark.slow("restores several times")
def test_a_damaged_backup_leaves_the_database_empty(filled: Service, tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "copy"
    write_backup(path, at=NOW)
    path.write_bytes(gzip.compress("".join(damage(lines_of(path))).encode()))
    empty_database()
    with pytest.raises(BackupRefused), transaction.atomic():
        restore_backup(path, at=NOW)
    assert not Service.objects.exists()


NO_BACKUPS = (b"", b"not gzip", gzip.compress(b"not json"), gzip.compress(b"\xff\xfe"))


@pytest.mark.parametrize("content", NO_BACKUPS, ids=range(len(NO_BACKUPS)))
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "copy"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="backup"):
        call_command("restore", str(path))


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_text("kept")
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", str(path))
    assert path.read_text() == "kept"
