"""The curators' own list as a file: each service once, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from resources.curation.permissions import NotAllowed
from resources.exchange import curator_export
from resources.exchange.curator_export import export_services
from resources.exchange.formats.csv import unescape_formula
from resources.models import Correction, ImportRun, ReplyAddress, Service, Source, SourceRecord
from resources.vocabulary import Cost, Loss, Status
from tests.build import build_location, build_organization, build_service, build_source_record, build_term
from tests.resources.admin.desk import build_curator

pytestmark = [pytest.mark.django_db, pytest.mark.slow("exports in each test")]

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", " =1", "＝1", "'=1", "''-1"]


def rows_of(*services: Service, by: User | None = None) -> list[dict[str, str]]:
    file = b"".join(export_services(ids=[service.pk for service in services], by=by, today=TODAY))
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_a_row_says_what_a_curator_asks_of_a_service() -> None:
    service = build_service(
        "Evening circle",
        organization=build_organization("Kind People"),
        status=Status.INACTIVE,
        status_reason="To be checked",
        at=[build_location(name="Library")],
        areas=["US-TX"],
        cost=Cost.FIXED,
        price=20,
        losses=(Loss.ECTOPIC, Loss.MOLAR),
        topics=[build_term("Grief")],
        assured_date=date(2026, 1, 2),
        email="circle@example.org",
        url="https://circle.example.org",
        last_modified=NOW,
    )
    build_source_record(service, "17", name="Starter")
    [row] = rows_of(service)
    assert row == {
        "id": str(service.pk),
        "name": "Evening circle",
        "organization": "Kind People",
        "kind": "support_group",
        "status": "inactive",
        "reason": "To be checked",
        "assured_date": "2026-01-02",
        "phones": "214-555-0100 (voice)",
        "url": "https://circle.example.org",
        "email": "circle@example.org",
        "places": "Library, Dallas, TX, US",
        "areas": "US-TX",
        "costs": "Fixed price: $20 a session",
        "losses": "ectopic; molar",
        "formats": "",
        "topics": "Grief",
        "last_modified": "2026-03-01T12:00:00+00:00",
        "sources": "starter:17",
    }


@pytest.mark.parametrize("text", NASTY, ids=repr)
def test_no_cell_is_run_by_a_spreadsheet_and_each_is_read_back_as_it_was(text: str) -> None:
    service = build_service(text, status_reason=text, organization=build_organization(text))
    [row] = rows_of(service)
    for name in ("name", "organization", "reason"):
        assert row[name].startswith("'")
        assert unescape_formula(row[name]) == text


def test_a_number_from_abroad_is_no_formula() -> None:
    [row] = rows_of(build_service(phone="+44 20 7946 0958"))
    assert row["phones"] == "'+44 20 7946 0958 (voice)"


def test_nothing_of_visitors_is_in_it() -> None:
    service = build_service()
    correction = Correction.objects.create(
        service=service, received_at=NOW, note="canary of a visitor", proposed={"phone": "canary"}
    )
    ReplyAddress.objects.create(correction=correction, address="canary@example.org", received_at=NOW)
    assert "canary" not in str(rows_of(service))


def test_rows_come_in_the_order_that_was_asked_and_what_is_gone_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curator_export, "BATCH", 2)
    services = [build_service(f"Group {number}") for number in range(5)]
    Service.objects.filter(pk=services[2].pk).delete()
    assert [row["name"] for row in rows_of(*reversed(services))] == [
        "Group 4",
        "Group 3",
        "Group 1",
        "Group 0",
    ]


@pytest.mark.parametrize("number", [1, 100], ids=str)
def test_a_batch_is_asked_for_as_often_however_many_are_in_it(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Services with their organizations, sources, and one for each kind of thing that hangs on them."""
    services = [build_service(at=[build_location()], refresh=False) for _ in range(number)]
    source = Source.objects.create(slug="starter", name="Starter")
    run = ImportRun.objects.create(source=source, file_name="x.csv", started_at=NOW)
    SourceRecord.objects.bulk_create(
        SourceRecord(
            source=source, key=str(each), raw={}, digest="x", first_run=run, last_run=run, service=service
        )
        for each, service in enumerate(services)
    )
    with django_assert_num_queries(16):
        rows_of(*services)


def test_a_file_is_written_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curator_export, "BATCH", 1)
    ids: Any = (build_service().pk for _ in range(3))
    lines = export_services(ids=ids, by=None, today=TODAY)
    next(lines)
    assert Service.objects.count() == 0
    next(lines)
    assert Service.objects.count() == 1


def test_viewers_export_and_accounts_without_a_role_do_not() -> None:
    service = build_service()
    assert rows_of(service, by=build_curator("vic", "viewer"))
    account = User.objects.create_user("new", password="a long enough word", is_staff=True)
    with pytest.raises(NotAllowed):
        export_services(ids=[service.pk], by=account, today=TODAY)
