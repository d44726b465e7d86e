"""The log tells what happened: one line an event, of numbers and codes, and nothing about any person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from resources.curation.contributions import purge, receive_correction
from resources.events import log_event, log_event_on_commit
from resources.exchange import backup
from resources.exchange.backup import restore_backup, write_backup
from resources.exchange.curator_export import export_services
from resources.exchange.sources.hrsa import HealthCenters
from resources.geo import loading
from resources.management import jobs
from resources.management.jobs import Job, run_due_jobs
from resources.models import Listing, Place, Service
from resources.search.projection import is_outdated, rebuild_listings
from resources.vocabulary import Cost
from tests.build import DALLAS, build_location, build_organization, build_service
from tests.canary import ADDRESSES, AGENT, PEER, log
from tests.resources.admin.desk import build_curator, code_of, give_phone
from tests.resources.exchange.feeds import bring, some_rows

__all__ = ["log"]

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PASSWORD = "a long enough word"
CONTACT = "canary-contact@example.org"
CURATOR = "canarycurator"
# What stands in the records, in what somebody told us, and in the requests: none of it is ever in a log.
CANARIES = (
    *("Canary circle", "Canary organization", "1 Canary Street", "canary@example.org", "canary.example.org"),
    *("214-555-0177", "Canary description", CONTACT, CURATOR, "canaryquery", PASSWORD, AGENT, *ADDRESSES),
)


@pytest.fixture
def service() -> Service:
    """A published service with canaries in its records, and a correction with a way to answer it."""
    service = build_service(
        "Canary circle",
        description="Canary description",
        organization=build_organization("Canary organization"),
        at=[build_location(DALLAS, address_1="1 Canary Street")],
        phone="214-555-0177",
        email="canary@example.org",
        url="https://canary.example.org/",
        cost=Cost.FREE,
    )
    told: dict[str, Any] = {"wrong": "", "proposed": {}, "note": "Canary description", "address": CONTACT}
    receive_correction(service=service, stamp=None, at=NOW - timedelta(days=40), **told)
    return service


@pytest.fixture
def curator() -> User:
    curator = build_curator(CURATOR)
    give_phone(curator)
    return curator


@pytest.fixture
def events(
    log: StringIO, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[[Callable[[], Any]], list[str]]:
    """The lines that doing something left, as an operator reads them; fails where a canary is among them."""

    def lines_of(happening: Callable[[], Any]) -> list[str]:
        start = len(log.getvalue())
        with django_capture_on_commit_callbacks(execute=True):
            happening()
        written = log.getvalue()[start:]
        assert [word for word in CANARIES if word in written] == []
        return [line for line in written.splitlines() if "event=" in line]

    return lines_of


Events = Callable[[Callable[[], Any]], list[str]]


def test_an_import_leaves_one_line(events: Events) -> None:
    def write_canaries(row: dict[str, str]) -> None:
        row["name"], row["street"], row["website"] = "Canary circle", "1 Canary Street", "canary.example.org"

    file = some_rows(HealthCenters(), lambda row: row["city"] == "Adak", write_canaries)
    [line] = events(lambda: bring(HealthCenters(), file))
    assert re.fullmatch(
        r"INFO directory\.events event=import source=hrsa run=\d+ new=1 changed=0 held=0 refused=\d+", line
    )
    assert Service.objects.get().name == "Canary circle"


def test_the_loading_of_the_gazetteer_leaves_one_line(
    events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = loading._read_towns
    Place.objects.all().delete()
    monkeypatch.setattr(loading, "_LOADER_VERSION", b"few")
    monkeypatch.setattr(loading, "_read_places", lambda codes, towns: list(islice(read(towns), 3)))
    load = partial(loading.load_gazetteer, now=NOW)
    assert events(load) == ["INFO directory.events event=import source=gazetteer places=3"]
    assert events(load) == []


def test_a_purge_leaves_one_line(service: Service, events: Events) -> None:
    lines = events(lambda: purge(at=NOW))
    assert lines == ["INFO directory.events event=purge contacts=1 contributions=0"]


def test_a_rebuild_leaves_one_line(service: Service, events: Events) -> None:
    lines = events(lambda: rebuild_listings(at=NOW))
    assert lines == ["INFO directory.events event=rebuild services=1 listings=1"]


def test_an_export_leaves_one_line_also_when_its_reader_leaves(
    service: Service, curator: User, events: Events
) -> None:
    def export() -> Iterator[bytes]:
        return export_services(ids=[service.pk], by=curator, today=date(2026, 11, 28))

    whole = events(lambda: list(export()))
    broken = events(lambda: next(export()))
    assert whole == ["INFO directory.events event=export format=csv services=1"]
    assert broken == ["INFO directory.events event=export format=csv services=0"]


@pytest.mark.slow("writes and reads a whole database")
def test_a_backup_and_its_restore_leave_one_line_each(
    service: Service, curator: User, events: Events, tmp_path: Path
) -> None:
    def empty_database() -> None:
        models: list[Any] = [Listing, *reversed(backup.tables())]
        for model in models:
            model._base_manager.all().delete()

    path = tmp_path / "canaryquery"
    [line] = events(lambda: write_backup(path, at=NOW))
    assert re.fullmatch(r"INFO directory\.events event=backup tables=\d+ rows=\d+", line)
    empty_database()
    lines = events(lambda: restore_backup(path, at=NOW))
    assert lines == [
        "INFO directory.events event=rebuild services=1 listings=1",
        line.replace("event=backup", "event=restore"),
    ]


def test_a_job_leaves_one_line_and_a_failed_one_only_the_class_of_its_error(
    events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(at: datetime) -> Mapping[str, int]:
        raise ValueError(f"cannot write to {CONTACT} from {PEER}")

    counts = Job("counts", timedelta(hours=1), lambda at: {"rows": 3})
    monkeypatch.setattr(jobs, "JOBS", (Job("fails", timedelta(hours=1), fail), counts))
    lines = events(lambda: run_due_jobs(at=NOW))
    assert [re.sub(r"seconds=\S+", "seconds=_", line) for line in lines] == [
        "ERROR directory.events event=job name=fails outcome=failed seconds=_ error=ValueError",
        "INFO directory.events event=job name=counts outcome=ok seconds=_ rows=3",
    ]


@pytest.mark.slow("signs in again and again")
def test_each_refused_sign_in_leaves_one_line(curator: User, events: Events) -> None:
    client = Client(REMOTE_ADDR=PEER, HTTP_USER_AGENT=AGENT)

    def send(page: str, **typed: str) -> list[str]:
        return events(lambda: client.post(f"/admin/account/{page}/?next=/canaryquery/", typed))

    line = "INFO directory.events event=refused_sign_in reason="
    for name, password in ((CURATOR, "canaryquery"), ("canary@example.org", PASSWORD)):
        assert send("login", login=name, password=password) == [f"{line}password"]
    assert send("login", login=CURATOR, password=PASSWORD) == []
    assert send("2fa/authenticate", code="canaryquery") == [f"{line}code"]
    assert send("2fa/authenticate", code=code_of()) == []
    client.logout()
    tries = [send("login", login=CURATOR, password="canaryquery") for _ in range(11)]
    assert tries[0] == [f"{line}password"]
    assert tries[-1] == [f"{line}limit"]


def test_what_a_visitor_does_leaves_no_line(service: Service, events: Events) -> None:
    visitor = Client(REMOTE_ADDR=PEER, HTTP_USER_AGENT=AGENT)
    for address in ("/search/?q=canaryquery", "/api/v1/listings/?as=csv&q=canaryquery"):
        assert events(lambda address=address: visitor.get(address)) == []  # type: ignore[misc]


def test_what_is_rolled_back_is_not_told(service: Service, log: StringIO) -> None:
    def fail() -> None:
        with transaction.atomic():
            rebuild_listings(at=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert "event=" not in log.getvalue()


@pytest.mark.parametrize("text", [CONTACT, PEER, "2001:db8::5", "two words", "", "x" * 61])
@pytest.mark.parametrize("write", [log_event, log_event_on_commit])
def test_no_typed_text_can_be_a_fact_of_an_event(write: Callable[..., None], text: str) -> None:
    with pytest.raises(ValueError, match="a number or a code"):
        write("import", source=text)


def test_a_first_load_records_by_which_code_its_listings_were_made(events: Events) -> None:
    """Else the first `run_jobs` after it would make every one of them again."""
    assert is_outdated(NOW)
    bring(HealthCenters(), some_rows(HealthCenters(), lambda row: row["city"] == "Adak"), NOW)
    assert not is_outdated(NOW)
