"""Every kind of record that the admin knows, opened on each of its pages by every role: none fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse

from resources.curation.merging import merge
from resources.models import (
    AssuranceRequest,
    Contact,
    ContactCheck,
    Correction,
    CostOption,
    Credential,
    DuplicatePair,
    ImportRun,
    Location,
    Organization,
    OrganizationIdentifier,
    OrganizationPair,
    PendingEdit,
    Phone,
    Place,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    Source,
    SourceRecord,
    Suggestion,
    Taxonomy,
    TaxonomyTerm,
)
from resources.models.codes import CodesField
from resources.vocabulary import Format, Loss, Role
from tests.build import build_location, build_pending_edit, build_service, build_source_record, build_term
from tests.resources.admin.desk import address, build_curator, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE: dict[str, Callable[[], User]] = {
    "a viewer": lambda: build_curator("viewer", Role.VIEWER),
    "an editor of another region": lambda: build_curator("elsewhere", Role.EDITOR, regions=["GB-ENG"]),
    "an editor whose edits wait": lambda: build_curator("waits", Role.EDITOR, edits_wait=True),
    "a reviewer": lambda: build_curator("reviewer", Role.REVIEWER),
    "an administrator": lambda: build_curator("administrator", Role.ADMINISTRATOR),
}
PAGES = ("change", "history", "delete")


def codes_of(field: CodesField) -> tuple[Any, ...]:
    """Several of each; the two columns that must not name the same thing take every other one."""
    everything = tuple(field.vocabulary)
    return everything[1::2] if field.name == "content_clear" else everything[::2]


def build_full_service() -> Service:
    """A service with something in every column of codes, and a row of every kind."""
    codes: dict[str, Any] = {
        field.name: codes_of(field)
        for field in Service._meta.concrete_fields
        if isinstance(field, CodesField)
    }
    service = build_service(
        "Evening circle",
        at=[build_location()],
        areas=["US-TX"],
        cost="fixed",
        price=20,
        price_max=40,
        accessible=["step_free"],
        languages=["en", "es"],
        audiences=["partner", "fathers"],
        topics=[build_term("Grief")],
        schedules=[
            {
                "freq": "WEEKLY",
                "byday": "TU",
                "opens_at": time(19),
                "exception_dates": (date(2026, 12, 22), date(2026, 12, 29)),
                "added_dates": (date(2026, 12, 23), date(2026, 12, 24)),
            }
        ],
        assured_date=date(2026, 2, 1),
        **codes,
    )
    place, organization = service.service_at_locations.get(), service.organization
    Schedule.objects.create(service_at_location=place, description="Tuesday evenings")
    CostOption.objects.create(service=service, kind="fixed", amount=15, currency="USD", guideline_up_to=200)
    Credential.objects.create(
        service=service, kind="affiliation", name="A register", checked_on=date(2026, 1, 1)
    )
    Phone.objects.create(service_at_location=place, number="214-555-0101", country="US")
    Contact.objects.create(service=service, name="Ada", email="ada@example.org")
    RequiredDocument.objects.create(service=service, document="A letter")
    OrganizationIdentifier.objects.create(
        organization=organization, identifier_type="EIN", identifier="12-3456789"
    )
    build_source_record(service)
    return service


@pytest.fixture
def records(db: None) -> dict[type[models.Model], models.Model]:
    """One record of every kind that is registered."""
    service = build_full_service()
    pair = (build_service("Two circles"), build_service("Two circles"))
    owners = [service.organization for service in pair]
    known: list[models.Model] = [
        service,
        service.organization,
        service.service_at_locations.get(),
        Location.objects.get(),
        TaxonomyTerm.objects.get(),
        Taxonomy.objects.get(),
        Source.objects.get(),
        ImportRun.objects.get(),
        SourceRecord.objects.get(),
        Place.objects.create(
            kind="town", name="Dallas", name_key="dallas", country="US", latitude=32.8, longitude=-96.8
        ),
        Correction.objects.create(
            service=service, proposed={"description": "Every week"}, received_at=NOW, wrong="closed"
        ),
        Suggestion.objects.create(
            proposed={"name": "New group", "kind": "support_group", "country": "US"}, received_at=NOW
        ),
        build_pending_edit(service, by=build_curator("author", edits_wait=True), at=NOW),
        build_curator("somebody", Role.EDITOR, regions=["US-TX", "US-OK"]),
        DuplicatePair.objects.create(first=pair[0], second=pair[1], reasons=["name"]),
        merge(kept=pair[0], merged=pair[1], choices={}, by=None, at=NOW),
        OrganizationPair.objects.create(first=owners[0], second=owners[1], reasons=["name"]),
        merge(kept=owners[0], merged=owners[1], choices={}, by=None, at=NOW),
        ContactCheck.objects.create(
            kind="website", value="https://dead.example/", checked_at=NOW, failures=3
        ),
        AssuranceRequest.objects.create(service=service, recipient="0" * 64, sent_at=NOW),
    ]
    return {type(record): record for record in known}


def pages_of(record: models.Model) -> list[str]:
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}"
    return [
        reverse(f"{name}_changelist"),
        reverse(f"{name}_add"),
        *(reverse(f"{name}_{page}", args=[record.pk]) for page in PAGES),
    ]


def test_there_is_a_record_of_every_kind_that_the_admin_knows(
    records: dict[type[models.Model], models.Model],
) -> None:
    assert set(records) == set(admin.site._registry)


ALIKE = pytest.mark.sqlite("who may open a page is the same on both; the administrator opens all of them")
BETWEEN = pytest.mark.nightly("sees what a viewer or an administrator sees")
MARKS = {
    "a viewer": [ALIKE],
    "an editor of another region": [ALIKE, BETWEEN],
    "an editor whose edits wait": [ALIKE],
    "a reviewer": [ALIKE, BETWEEN],
    "an administrator": [],
}


@pytest.mark.parametrize("who", [pytest.param(who, marks=marks) for who, marks in MARKS.items()])
def test_no_page_of_any_record_fails(records: dict[type[models.Model], models.Model], who: str) -> None:
    client = sign_in(Client(), PEOPLE[who]())
    client.raise_request_exception = False
    answers = {
        page: client.get(page, follow=True).status_code
        for record in records.values()
        for page in pages_of(record)
    }
    assert {page: status for page, status in answers.items() if status not in (200, 403)} == {}
    opened = {page for page, status in answers.items() if status == 200}
    assert {address(records[model]) for model in (Service, Organization, ServiceAtLocation)} <= opened
    assert (reverse("admin:auth_user_changelist") in opened) == (who == "an administrator")
    assert address(records[PendingEdit]) in opened


@pytest.mark.parametrize("who", ["a viewer", "an editor of another region"])
def test_codes_that_may_only_be_read_are_named(who: str) -> None:
    service = build_service(formats=(Format.IN_PERSON, Format.PHONE), losses=(Loss.STILLBIRTH,))
    page = sign_in(Client(), PEOPLE[who]()).get(address(service)).content.decode()
    assert f"{Format.IN_PERSON.label}, {Format.PHONE.label}" in page
    assert f'<div class="readonly">{Loss.STILLBIRTH.label}</div>' in page


def test_a_check_is_under_the_name_that_its_curator_goes_by(desk: Client, curator: User) -> None:
    User.objects.filter(pk=curator.pk).update(first_name="Ada", last_name="Lovelace")
    service = build_service()
    desk.post(reverse("admin:resources_service_found", args=[service.pk, "right"]), {"learned": "phone"})
    past = desk.get(address(service)).content.decode().partition('class="activity module"')[2]
    checks, _heading, changes = past.partition("Last changes")
    assert "Ada Lovelace" in checks
    assert "Ada Lovelace" in changes
