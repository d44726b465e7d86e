"""Edits that wait: on the page where they are written, and on the page where they are decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.models import (
    ListingText,
    Location,
    Organization,
    PendingEdit,
    Phone,
    Service,
    ServiceAtLocation,
)
from resources.vocabulary import Decision, Role, Status
from tests.build import build_location, build_organization, build_service
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    build_curator,
    errors_of,
    messages_of,
    read_form,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/resources/pendingedit/"


@pytest.fixture
def writer(db: None) -> User:
    return build_curator("wil", edits_wait=True)


@pytest.fixture
def new_desk(writer: User) -> Client:
    """An editor whose edits wait, signed in."""
    return sign_in(Client(), writer)


def follow(client: Client, page: str, data: dict[str, Any]) -> Any:
    return client.post(page, data, follow=True)


def decide(client: Client, decision: str, edit: PendingEdit | None = None, **more: Any) -> Any:
    edit = edit or PendingEdit.objects.get()
    shown = client.get(address(edit)).context["read_at"]
    return client.post(address(edit), {"decision": decision, "read_at": shown, **more}, follow=True)


def test_what_is_saved_waits_and_visitors_see_the_record_as_it_was(
    new_desk: Client, writer: User, client: Client
) -> None:
    service = build_service("Before")
    answer = follow(new_desk, address(service), {**read_form(new_desk, address(service)), "name": "After"})
    assert messages_of(answer) == "Your edit is awaiting review. Visitors still see the current version."
    service.refresh_from_db()
    assert service.name == "Before"
    assert "Before" in client.get(reverse("pages:service", args=[service.pk])).content.decode()
    edit = PendingEdit.objects.get()
    assert (edit.model, edit.object_id, edit.made_by) == ("resources.service", service.pk, writer)


def test_the_page_opens_with_what_is_approved_and_tells_what_waits(new_desk: Client, chief: Client) -> None:
    service = build_service("Before")
    send(new_desk, address(service), name="After")
    page = new_desk.get(address(service)).content.decode()
    assert 'value="Before"' in page
    assert "<ins>After</ins>" in page
    assert "View or withdraw it" in page
    assert "An edit of this record by wil is awaiting review" in chief.get(address(service)).content.decode()


def test_a_save_that_changes_nothing_keeps_nothing(new_desk: Client) -> None:
    service = build_service("Before")
    answer = follow(new_desk, address(service), read_form(new_desk, address(service)))
    assert messages_of(answer) == "Nothing was changed."
    assert not PendingEdit.objects.exists()


def test_what_visitors_do_not_see_is_saved_at_once(new_desk: Client) -> None:
    service = build_service("Before", status=Status.INACTIVE)
    assert errors_of(send(new_desk, address(service), name="After")) == {}
    service.refresh_from_db()
    assert service.name == "After"
    assert not PendingEdit.objects.exists()


def test_what_cannot_be_read_is_refused_beside_its_box_and_does_not_wait(new_desk: Client) -> None:
    service = build_service("Before")
    assert "url" in errors_of(send(new_desk, address(service), url="no address"))
    assert not PendingEdit.objects.exists()


def test_an_edit_is_approved_by_a_reviewer(new_desk: Client, chief: Client) -> None:
    service = build_service("Before")
    form = add_row(read_form(new_desk, address(service)), "phones", number="988", type="voice", country="US")
    new_desk.post(address(service), {**form, "name": "After"})
    page = chief.get(address(PendingEdit.objects.get()))
    assert [str(one).partition(":")[0] for one in page.context["changes"]] == ["Name", "Phone number 988"]
    answer = decide(chief, "approve")
    assert "Approved" in messages_of(answer)
    service.refresh_from_db()
    assert service.name == "After"
    assert Phone.objects.filter(service=service, number="988", international="").exists()
    assert ListingText.objects.get(listing__service=service).card["service"]["name"] == "After"
    assert "Edit by wil, approved." in chief.get(address(service, "history")).content.decode()


def test_an_edit_is_declined_or_taken_back(new_desk: Client, chief: Client) -> None:
    service = build_service("Before")
    for client, decision in ((chief, "decline"), (new_desk, "withdraw")):
        send(new_desk, address(service), name="After")
        decide(client, decision, PendingEdit.objects.get(decision=Decision.OPEN), reason="Not so.")
    assert [edit.decision for edit in PendingEdit.objects.all()] == [Decision.DECLINED, Decision.DECLINED]
    service.refresh_from_db()
    assert service.name == "Before"


def test_an_edit_is_decided_part_by_part_and_its_history_and_its_author_are_told(
    new_desk: Client, chief: Client
) -> None:
    service = build_service("Before")
    send(new_desk, address(service), name="After", url="https://circle.example/")
    edit = PendingEdit.objects.get()
    name = f"resources.service|{service.pk}|name"
    assert f'name="declined" value="{name}"' in chief.get(address(edit)).content.decode()
    refused = decide(chief, "approve", declined=[name])
    assert "Give a reason" in messages_of(refused)
    assert f'value="{name}" checked' in refused.content.decode()
    decide(chief, "approve", declined=[name, "nonsense"], reason="It is <b>not</b> called so.")
    service.refresh_from_db()
    assert (service.name, service.url) == ("Before", "https://circle.example/")
    for page in (new_desk.get(address(edit)), new_desk.get(address(service, "history"))):
        assert "It is &lt;b&gt;not&lt;/b&gt; called so." in page.content.decode()
    today = new_desk.get(reverse("admin:index")).content.decode()
    assert "1 of your edits was declined" in today
    assert address(edit) in today
    assert "(declined)" in new_desk.get(address(edit)).content.decode()
    assert "called so." in chief.get(reverse("admin:resources_activity")).content.decode()


def test_a_conflict_is_shown_and_needs_a_tick(new_desk: Client, desk: Client, chief: Client) -> None:
    service = build_service("Before")
    send(new_desk, address(service), name="After")
    send(desk, address(service), name="Meanwhile")
    edit = PendingEdit.objects.get()
    page = chief.get(address(edit))
    (conflict,) = page.context["conflicts"]
    assert [str(one) for one in conflict["changes"]] == ["Name: from “Before” to “Meanwhile”"]
    assert "have been changed since" in messages_of(decide(chief, "approve", conflict=conflict["value"]))
    service.refresh_from_db()
    assert service.name == "Meanwhile"
    decide(chief, "approve", conflict=conflict["value"], over="yes")
    service.refresh_from_db()
    assert service.name == "After"


@pytest.mark.parametrize(
    ("read_at", "message"),
    [
        ("", "Review the edit again"),
        ("x", "Review the edit again"),
        ("2026-03-01T12:00:00+00:00", "Please review it again"),
    ],
)
def test_what_was_not_read_is_not_approved(
    new_desk: Client, chief: Client, read_at: str, message: str
) -> None:
    service = build_service("Before")
    send(new_desk, address(service), name="After")
    edit = PendingEdit.objects.get()
    answer = chief.post(address(edit), {"decision": "approve", "read_at": read_at})
    assert answer.status_code == 200
    assert message in messages_of(answer)
    service.refresh_from_db()
    assert service.name == "Before"


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_only_reviewers_decide(new_desk: Client, desk: Client, decision: str) -> None:
    service = build_service("Before")
    send(new_desk, address(service), name="After")
    edit = PendingEdit.objects.get()
    for client in (new_desk, desk, sign_in(Client(), build_curator("vic", Role.VIEWER))):
        page = client.get(address(edit))
        assert not page.context["may_decide"]
        data = {"decision": decision, "read_at": page.context["read_at"]}
        assert client.post(address(edit), data).status_code == 403
    edit.refresh_from_db()
    assert edit.decision == Decision.OPEN


def test_nobody_takes_back_anothers(new_desk: Client, desk: Client) -> None:
    send(new_desk, address(build_service("Before")), name="After")
    edit = PendingEdit.objects.get()
    assert desk.post(address(edit), {"decision": "withdraw"}).status_code == 403


def test_a_deed_that_is_none_does_nothing(chief: Client, new_desk: Client) -> None:
    send(new_desk, address(build_service("Before")), name="After")
    assert chief.post(address(PendingEdit.objects.get()), {"decision": "x"}).status_code == 200


def test_the_list_tells_what_is_open(new_desk: Client, chief: Client) -> None:
    send(new_desk, address(build_service("Before")), name="After")
    page = chief.get(LIST, {"decision__exact": "open"})
    assert page.status_code == 200
    assert "Before" in page.content.decode()
    assert "Before" not in chief.get(LIST, {"decision__exact": "accepted"}).content.decode()
    assert chief.get(f"{LIST}6c1e2b36-0000-4000-8000-000000000000/change/", follow=True).status_code == 200


# ---- every page does it


def build_shown() -> Service:
    return build_service("Group", organization=build_organization("Kind People"), at=[build_location()])


def test_an_organization_waits_with_its_rows(new_desk: Client, chief: Client) -> None:
    organization = build_shown().organization
    form = read_form(new_desk, address(organization))
    form = add_row(form, "phones", number="988", type="voice", country="US")
    new_desk.post(address(organization), {**form, "name": "Renamed"})
    assert Organization.objects.get().name == "Kind People"
    decide(chief, "approve")
    assert Organization.objects.get().name == "Renamed"
    assert organization.phones.get().number == "988"


def test_a_location_waits(new_desk: Client, chief: Client) -> None:
    location = build_shown().service_at_locations.get().location
    send(new_desk, address(location), name="The Hall")
    assert Location.objects.get().name == ""
    decide(chief, "approve")
    assert Location.objects.get().name == "The Hall"


def test_a_place_of_a_service_waits(new_desk: Client, chief: Client) -> None:
    place = build_shown().service_at_locations.get()
    send(new_desk, address(place), description="Upstairs")
    assert ServiceAtLocation.objects.get().description == ""
    assert "Your edit of this record is awaiting review" in new_desk.get(address(place)).content.decode()
    decide(chief, "approve")
    assert ServiceAtLocation.objects.get().description == "Upstairs"


def test_a_new_place_of_a_shown_service_waits_too(new_desk: Client, chief: Client) -> None:
    service, location = build_service("Group"), build_location()
    page = add_address(ServiceAtLocation)
    data = {**read_form(new_desk, page), "service": str(service.pk), "location": str(location.pk)}
    answer = follow(new_desk, page, data)
    assert "Your edit is awaiting review" in messages_of(answer)
    assert not ServiceAtLocation.objects.exists()
    decide(chief, "approve")
    assert service.service_at_locations.get().location == location


def test_saving_and_publishing_is_not_for_them_and_loses_nothing(new_desk: Client) -> None:
    service = build_service("Before", status=Status.INACTIVE)
    form = {**read_form(new_desk, address(service)), "name": "After", "_publish": "1"}
    answer = new_desk.post(address(service), form)
    assert answer.status_code == 200
    assert "Nothing was saved" in errors_of(answer)["__all__"][0]
    assert 'value="After"' in answer.content.decode()
    service.refresh_from_db()
    assert (service.name, service.status) == ("Before", Status.INACTIVE)


def test_a_stale_form_of_theirs_is_shown_the_difference_and_does_not_wait(
    new_desk: Client, desk: Client
) -> None:
    service = build_service("Before")
    mine = {**read_form(new_desk, address(service)), "name": "After"}
    send(desk, address(service), name="Meanwhile")
    answer = new_desk.post(address(service), mine)
    assert "ada changed this record" in errors_of(answer)["__all__"][0]
    assert not PendingEdit.objects.exists()
    new_desk.post(address(service), {**mine, "_version": answer.context["version"]})
    assert PendingEdit.objects.get().before["resources.service"][str(service.pk)]["name"] == "Meanwhile"
