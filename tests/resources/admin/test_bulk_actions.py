"""What is done to many services at once from their list, and how one finds them there."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from resources.admin.service import actions
from resources.history import revisions
from resources.models import Assurance, Listing, Service
from resources.vocabulary import Kind, Loss, Role, Status
from tests.build import (
    build_location,
    build_organization,
    build_service,
    build_services,
    build_source_record,
    build_term,
)
from tests.resources.admin.desk import build_curator, errors_of, messages_of, read_form, sign_in

pytestmark = pytest.mark.django_db

LIST = reverse("admin:resources_service_changelist")
AUTOCOMPLETE = reverse("admin:autocomplete")
ACTIONS = [action.__name__ for action in actions.ACTIONS]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def texan(db: None) -> Client:
    """An editor limited to Texas, signed in."""
    return sign_in(Client(), build_curator("tex", regions=["US-TX"]))


# How it is known, as the page asks.
ANSWER = {"asked": "1", "learned": "phone"}


def select(client: Client, action: str, *services: Service, where: str = LIST, **more: Any) -> Any:
    """Ticks these services in the list and presses Go."""
    ticked = [str(service.pk) for service in services]
    return client.post(where, {"action": action, "_selected_action": ticked, **more}, follow=True)


def select_all(client: Client, action: str, where: str = LIST, **more: Any) -> Any:
    """ "Select all that match"."""
    first = Service.objects.all()[:1]
    return select(client, action, *first, where=where, select_across="1", **more)


def names(client: Client, **filters: str) -> set[str]:
    return {service.name for service in client.get(LIST, filters).context["cl"].queryset}


# ---- the actions


def test_many_are_marked_as_checked_today(desk: Client, curator: User) -> None:
    shown, hidden = build_service(), build_service(status=Status.INACTIVE)
    text = messages_of(select(desk, "assure_selected", shown, hidden, **ANSWER))
    assert text == (
        "2 services: checked today, still correct. 1 of them stays hidden from visitors: it is not published."
    )
    assert {service.assured_date for service in Service.objects.all()} == {timezone.now().date()}
    assert set(Assurance.objects.values_list("by", "outcome")) == {(curator.pk, "right")}
    assert {revisions.revision_author(revisions.revisions_of(one)[0]) for one in (shown, hidden)} == {"ada"}
    assert not LogEntry.objects.exists()


def test_many_are_published_or_none(desk: Client) -> None:
    ready = [build_service(status=Status.INACTIVE) for _ in range(3)]
    mute = build_service("Mute", status=Status.INACTIVE, phone="")
    assert "Nothing was published" in messages_of(select(desk, "publish_selected", *ready, mute))
    assert not Listing.objects.exists()
    assert "3 services were published" in messages_of(select(desk, "publish_selected", *ready))
    assert Listing.objects.count() == 3


def test_many_are_withdrawn_with_one_reason(desk: Client) -> None:
    services = build_services(f"Group {number}" for number in range(30))
    page = select(desk, "withdraw_selected", *services)
    assert (page.context["number"], len(page.context["services"])) == (30, actions.MAX_LISTED)
    answer = select(desk, "withdraw_selected", *services, reason="The line closed", status="defunct")
    assert "30 services were withdrawn" in messages_of(answer)
    assert set(Service.objects.values_list("status", "status_reason")) == {("defunct", "The line closed")}


def test_many_are_retagged_on_a_page_of_its_own(desk: Client) -> None:
    grief = build_term("Grief")
    services = [build_service(losses=(Loss.MOLAR,)), build_service()]
    page = select(desk, "retag_selected", *services)
    assert page.status_code == 200
    for name in ("add_losses", "remove_losses", "add_topics", "remove_payments", "add_led_by", "add_access"):
        assert f'name="{name}"' in page.content.decode()
    answer = select(
        desk,
        "retag_selected",
        *services,
        tagged="1",
        add_topics=[str(grief.pk)],
        add_losses=["ectopic"],
        remove_losses=["molar"],
    )
    assert "2 services were retagged" in messages_of(answer)
    assert {service.losses for service in Service.objects.all()} == {(Loss.ECTOPIC,)}
    assert grief.services.count() == 2


@pytest.mark.parametrize(
    ("ticked", "sentence"),
    [
        ({}, "Select something to add or remove."),
        ({"add_losses": ["molar"], "remove_losses": ["molar"]}, "both add and remove"),
        ({"add_losses": ["sorrow"]}, "sorrow is not one of the available choices"),
        ({"add_topics": ["x"]}, "Select a valid record"),
    ],
    ids=["nothing", "both", "unknown", "no id"],
)
def test_what_cannot_be_retagged_is_said_on_the_page_and_nothing_is_lost(
    desk: Client, ticked: dict[str, Any], sentence: str
) -> None:
    service = build_service()
    page = select(
        desk, "retag_selected", service, tagged="1", add_formats=["video"] if ticked else [], **ticked
    )
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert str(service.pk) in page.content.decode()
    if ticked:
        assert page.context["form"]["add_formats"].value() == ["video"]
    service.refresh_from_db()
    assert (service.losses, service.formats) == ((), ())


def test_what_is_selected_is_exported(desk: Client) -> None:
    one, _other = build_service("=One"), build_service("Other")
    answer = select(desk, "export_selected", one)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="services-{timezone.now():%Y-%m-%d}.csv"'
    assert "no-store" in answer["Cache-Control"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == ["'=One"]


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("publish_selected", {}),
        ("withdraw_selected", {"reason": "Closed", "status": "defunct"}),
        ("retag_selected", {"tagged": "1", "add_losses": ["molar"]}),
    ],
)
def test_all_that_match_are_meant_and_nothing_else(desk: Client, action: str, more: dict[str, Any]) -> None:
    ours, theirs = build_organization("Ours"), build_organization("Theirs")
    for number in range(60):
        build_service(f"Group {number}", organization=ours, refresh=False)
    other = build_service("Group of others", organization=theirs)
    Service.objects.update(status=Status.INACTIVE)
    before = other.last_modified
    answer = select_all(desk, action, f"{LIST}?organization__id__exact={ours.pk}", **more)
    assert answer.status_code == 200
    changed = Service.objects.exclude(last_modified__lte=before)
    assert changed.count() == 60
    assert other not in changed


def test_all_that_match_are_exported(desk: Client) -> None:
    for number in range(60):
        build_service(f"Group {number}", refresh=False)
    answer = select_all(desk, "export_selected")
    assert b"".join(answer.streaming_content).count(b"\r\n") == 61


def test_the_page_that_asks_sends_on_that_all_are_meant(desk: Client) -> None:
    for number in range(60):
        build_service(f"Group {number}", refresh=False)
    page = select_all(desk, "withdraw_selected").content.decode()
    assert '<input type="hidden" name="select_across" value="1">' in page
    assert page.count('name="_selected_action"') == 1
    assert "these 60 services" in page


def test_more_than_fifty_are_not_confirmed_at_once(desk: Client) -> None:
    build_services((f"Group {number}" for number in range(51)), status=Status.INACTIVE)
    assert "Select at most 50 services" in messages_of(select_all(desk, "assure_selected", **ANSWER))
    assert not Assurance.objects.exists()


@pytest.mark.parametrize("action", sorted({*ACTIONS} - {"assure_selected", "export_selected"}))
def test_too_many_at_once_are_refused_in_words(
    desk: Client, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MAX_SERVICES", 2)
    for _ in range(3):
        build_service(status=Status.INACTIVE)
    text = messages_of(
        select_all(desk, action, reason="Closed", status="defunct", tagged="1", add_losses=["molar"])
    )
    assert text == "Nothing was changed. You selected 3 services; the limit is 2."
    assert not Service.objects.exclude(status=Status.INACTIVE, status_reason="", losses=0).exists()


# ---- limits


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("assure_selected", ANSWER),
        ("publish_selected", {}),
        ("withdraw_selected", {"reason": "Closed", "status": "defunct"}),
        ("withdraw_selected", {}),
        ("retag_selected", {"tagged": "1", "add_losses": ["molar"]}),
        ("retag_selected", {}),
    ],
    ids=["assure", "publish", "withdraw", "ask why", "retag", "ask what"],
)
def test_one_outside_a_region_refuses_all_and_is_named(
    texan: Client, action: str, more: dict[str, Any]
) -> None:
    inside = build_service("Inside", at=[build_location()], status=Status.INACTIVE)
    outside = build_service("Outside", areas=["GB"], status=Status.INACTIVE)
    text = messages_of(select(texan, action, inside, outside, **more))
    assert text == "Nothing was done. You do not have permission to do this to Outside."
    assert not Service.objects.exclude(status="inactive", losses=0, assured_date=None).exists()
    assert "Nothing was done" not in messages_of(select(texan, action, inside, **more))


@pytest.mark.parametrize(
    ("role", "fields", "offered"),
    [
        (Role.VIEWER, {}, {"export_selected"}),
        (Role.EDITOR, {"edits_wait": True}, {"assure_selected", "export_selected"}),
        (Role.EDITOR, {}, set(ACTIONS)),
        (Role.REVIEWER, {}, set(ACTIONS)),
    ],
    ids=["viewer", "edits need review", "editor", "reviewer"],
)
def test_only_what_one_may_is_offered(role: Role, fields: dict[str, Any], offered: set[str]) -> None:
    build_service()
    page = sign_in(Client(), build_curator("x", role, **fields)).get(LIST)
    choices = {value for value, _label in page.context["action_form"].fields["action"].choices if value}
    assert choices == offered


def test_buttons_on_the_page_of_one_service_are_those_that_one_may_press() -> None:
    shown, hidden = build_service(), build_service(status=Status.INACTIVE)
    for name, offered in (("wil", False), ("ada", True)):
        client = sign_in(Client(), build_curator(name, edits_wait=not offered))
        page = client.get(reverse("admin:resources_service_change", args=[shown.pk])).content.decode()
        assert ('name="_then" value="withdraw"' in page) is offered
        page = client.get(reverse("admin:resources_service_change", args=[hidden.pk])).content.decode()
        assert ('name="_publish"' in page) is offered


def autocomplete_results(client: Client, model: str, field: str) -> set[str]:
    """What a box that searches offers."""
    query = {"app_label": "resources", "model_name": model, "field_name": field, "term": ""}
    return {row["text"] for row in client.get(AUTOCOMPLETE, query).json()["results"]}


def test_an_editor_of_an_organization_is_offered_no_other_and_cannot_add_to_it() -> None:
    ours, theirs = build_organization("Ours"), build_organization("Theirs")
    build_service("Of theirs", organization=theirs)
    build_service("Of ours", organization=ours)
    olga = build_curator("olga")
    olga.curator.organizations.add(ours)
    client = sign_in(Client(), olga)
    assert autocomplete_results(client, "service", "organization") == {"Ours"}
    assert autocomplete_results(client, "serviceatlocation", "service") == {"Of ours"}
    page = reverse("admin:resources_service_add")
    typed = {**read_form(client, page), "name": "New", "kind": "forum", "fit": "general"}
    assert "organization" in errors_of(client.post(page, {**typed, "organization": str(theirs.pk)}))
    assert not Service.objects.filter(name="New").exists()
    assert errors_of(client.post(page, {**typed, "organization": str(ours.pk)})) == {}


def test_an_editor_of_a_region_is_offered_its_services_and_every_organization(texan: Client) -> None:
    build_service("Here", at=[build_location()], organization=build_organization("Ours"))
    build_service("Afar", areas=["GB"], organization=build_organization("Theirs"))
    assert autocomplete_results(texan, "service", "organization") == {"Ours", "Theirs"}
    assert autocomplete_results(texan, "serviceatlocation", "service") == {"Here"}
    assert names(texan) == {"Here", "Afar"}


# ---- finding what there is to do


def test_services_within_one_s_regions_are_found_by_those_who_have_some(texan: Client, desk: Client) -> None:
    build_service("Here", at=[build_location(), build_location()])
    build_service("Afar", areas=["GB"])
    assert names(texan, mine="1") == {"Here"}
    assert "In my regions" in texan.get(LIST).content.decode()
    assert "In my regions" not in desk.get(LIST).content.decode()
    assert names(desk, mine="1") == {"Here", "Afar"}


def test_held_services_are_found_by_their_reason_the_commonest_first(desk: Client) -> None:
    for number in range(3):
        build_service(f"School {number}", status=Status.INACTIVE, held=True, status_reason="school")
    for number in range(2):
        build_service(f"Dentist {number}", status=Status.INACTIVE, held=True, status_reason="dental")
    build_service("Withdrawn", status=Status.INACTIVE, status_reason="school")
    page = desk.get(LIST).content.decode()
    assert page.index("school (3)") < page.index("dental (2)")
    assert names(desk, held="any") == {"School 0", "School 1", "School 2", "Dentist 0", "Dentist 1"}
    assert names(desk, held="dental") == {"Dentist 0", "Dentist 1"}
    assert names(desk, held="nonsense") == set()


def test_services_are_found_by_when_they_were_checked(desk: Client) -> None:
    today = timezone.now().date()
    build_service("Never")
    build_service("Group", assured_date=today - timedelta(days=100))
    build_service("Line", kind=Kind.HELPLINE, assured_date=today - timedelta(days=100))
    assert names(desk, checked="never") == {"Never"}
    assert names(desk, checked="due") == {"Line"}
    assert names(desk, checked="fresh") == {"Group"}


def test_services_are_found_by_their_source(desk: Client) -> None:
    brought, _written = build_service("Brought"), build_service("Written")
    for key in ("1", "2"):
        build_source_record(brought, key, slug="hrsa")
    assert names(desk, source="hrsa") == {"Brought"}
    assert names(desk, source="here") == {"Written"}


def test_the_narrowed_list_asks_the_database_as_often_at_1_row_as_at_100(
    texan: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As the whole list, and where the places are."""
    everything = {"mine": "1", "held": "any", "checked": "never", "source": "hrsa", "country": "US"}
    for more in (1, 99):
        for _ in range(more):
            service = build_service(
                at=[build_location()],
                status=Status.INACTIVE,
                held=True,
                status_reason="school",
                refresh=False,
            )
            build_source_record(service, str(service.pk), slug="hrsa")
        with django_assert_num_queries(18):
            page = texan.get(LIST, everything)
    assert page.context["cl"].result_count == 100


# ---- what is needed is not removed


@pytest.mark.parametrize("which", ["location", "organization"])
def test_what_services_need_is_not_removed_and_the_page_says_why(chief: Client, which: str) -> None:
    """Not by its own page, and not by ticks in the list."""
    service = build_service(at=[build_location()])
    needed: Any = (
        service.organization if which == "organization" else service.service_at_locations.get().location
    )
    there = reverse(f"admin:resources_{which}_delete", args=[needed.pk])
    answer = chief.post(there, {"post": "yes"}, follow=True)
    assert answer.status_code in (200, 403)
    listed = reverse(f"admin:resources_{which}_changelist")
    ticks = {"action": "delete_selected", "_selected_action": [str(needed.pk)], "post": "yes"}
    again = chief.post(listed, ticks, follow=True)
    assert again.status_code in (200, 403)
    if which == "location":
        assert "Nothing was deleted, because services use this record." in messages_of(answer)
        assert "Nothing was deleted, because services use this record." in messages_of(again)
    needed.refresh_from_db()
    assert not LogEntry.objects.exists()


def test_what_is_held_for_no_reason_is_found_too(desk: Client) -> None:
    for name in ("Mute", "Silent"):
        build_service(name, status=Status.INACTIVE, held=True)
    build_service("School", status=Status.INACTIVE, held=True, status_reason="school")
    assert "no reason given (2)" in desk.get(LIST).content.decode()
    assert names(desk, held="none") == {"Mute", "Silent"}


def test_of_one_alone_it_is_said_which(desk: Client) -> None:
    service = build_service("Circle", status=Status.INACTIVE)
    assert messages_of(select(desk, "assure_selected", service, **ANSWER)) == (
        "Circle: checked today, still correct. 1 of them stays hidden from visitors: it is not published."
    )
    assert (
        messages_of(select(desk, "publish_selected", service)) == "Circle: published. Visitors find it now."
    )
    tagged: dict[str, Any] = {"tagged": "1", "add_losses": ["molar"]}
    assert messages_of(select(desk, "retag_selected", service, **tagged)) == "Circle: retagged."
    assert messages_of(select(desk, "retag_selected", service, **tagged)) == "0 services were retagged."
