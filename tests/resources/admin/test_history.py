"""The history of a record, as a curator reads it and puts it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.admin.edit_conflicts import VERSION, record_version
from resources.curation import publishing
from resources.history import revisions
from resources.models import ImportRun, Organization, Service, Source, SourceRecord
from resources.vocabulary import Role, Status
from tests.build import build_location, build_organization, build_service, build_term
from tests.resources.admin.desk import address, build_curator, messages_of, send, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def edit(service: Service, by: User | None, at: datetime = NOW, **fields: Any) -> None:
    revisions.save_missing_revision([service])
    Service.objects.filter(pk=service.pk).update(**fields)
    publishing.finish_edit(records=[service], by=by, at=at)


def entries(client: Client, record: Any, page: int = 1) -> list[Any]:
    answer = client.get(address(record, "history"), {"p": page})
    assert answer.status_code == 200
    found: list[Any] = answer.context["entries"]
    return found


def undo_url(record: Any) -> str:
    return reverse("admin:resources_undo", args=[record._meta.model_name, record.pk])


def seen(record: Any) -> dict[str, str]:
    """What a button sends of the record that its page shows."""
    return {VERSION: record_version(record)}


def restore_address(record: Any, revision: Any) -> str:
    return reverse(f"admin:resources_{record._meta.model_name}_restore", args=[record.pk, revision.pk])


def test_what_is_saved_is_told_with_who_when_and_in_words(desk: Client) -> None:
    service = build_service("Before")
    send(desk, address(service), name="After")
    now, before = entries(desk, service)
    assert (now.who, now.comment) == ("ada", "Edited.")
    assert [str(one) for one in now.changes] == ["Name: from “Before” to “After”"]
    assert now.is_now
    assert (before.comment, before.changes) == ("As it was before.", None)
    page = desk.get(address(service, "history")).content.decode()
    assert "<del>Before</del>" in page
    assert "Restore this version" in page


def test_publishing_and_withdrawing_are_told(desk: Client) -> None:
    service = build_service("Group", status=Status.INACTIVE)
    desk.post(address(service, "publish"))
    desk.post(address(service, "withdraw"), {"reason": "Closed", "status": "defunct"})
    assert [entry.comment for entry in entries(desk, service)] == [
        "Withdrawn: Closed",
        "Published.",
        "As it was before.",
    ]


def test_imports_are_in_the_list(desk: Client) -> None:
    service = build_service("Group")
    source = Source.objects.create(slug="hrsa", name="HRSA")
    runs = [
        ImportRun.objects.create(source=source, file_name=f"{day}.csv", started_at=NOW + timedelta(days=day))
        for day in (0, 2)
    ]
    SourceRecord.objects.create(
        source=source, key="1", raw={}, digest="x", first_run=runs[0], last_run=runs[1], service=service
    )
    edit(service, None, NOW + timedelta(days=1), name="Edited")
    lines = [(entry.who, entry.comment) for entry in entries(desk, service)]
    assert lines[0] == ("An import: HRSA", "From the file 2.csv.")
    assert lines[1] == ("The operator", "Edited.")
    assert ("An import: HRSA", "From the file 0.csv.") in lines[2:]


def test_what_changed_since_without_a_curator_is_told_first(desk: Client) -> None:
    service = build_service("Before")
    edit(service, None, name="Ours")
    Service.objects.filter(pk=service.pk).update(name="Theirs", last_modified=NOW + timedelta(days=1))
    first = entries(desk, service)[0]
    assert [str(one) for one in first.changes] == ["Name: from “Ours” to “Theirs”"]
    assert first.is_now


def test_a_record_without_history_says_so(desk: Client) -> None:
    answer = desk.get(address(build_service(), "history"))
    assert "No history yet." in answer.content.decode()


@pytest.mark.parametrize(
    "build", [build_service, build_organization, build_location, lambda: build_term("Walking")]
)
def test_every_record_has_its_history(chief: Client, build: Any) -> None:
    record = build()
    revisions.save_revision([record], by=None, at=NOW, comment="Written.")
    assert [entry.comment for entry in entries(chief, record)] == ["Written."]


def test_a_place_of_a_service_has_the_history_of_its_service(desk: Client) -> None:
    service = build_service(at=[build_location()])
    place = service.service_at_locations.get()
    assert desk.get(address(place, "history")).headers["Location"] == address(service, "history")
    send(desk, address(place), description="Second floor")
    assert [str(one) for one in entries(desk, service)[0].changes] == [
        "Place of the service Dallas, TX: what differs here: from “nothing” to “Second floor”"
    ]


def test_a_long_history_is_read_by_pages_with_as_many_queries(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    service = build_service("Name", at=[build_location()])
    edit(service, None, name="Name 0")
    most = 60
    for number in range(1, 46):
        Service.objects.filter(pk=service.pk).update(name=f"Name {number}")
        revisions.save_revision([service], by=None, at=NOW, comment="Edited.")
        if number in (2, 45):
            with django_assert_max_num_queries(most) as queries:
                entries(desk, service)
            most = len(queries)
    assert len(entries(desk, service, page=3)) == 7
    last_of_first = entries(desk, service)[-1]
    assert [str(one) for one in last_of_first.changes] == ["Name: from “Name 25” to “Name 26”"]


# ---- putting back


def test_putting_back_shows_first_what_it_changes_today(desk: Client) -> None:
    service = build_service("Before")
    edit(service, None, name="After")
    then = revisions.revisions_of(service)[1]
    page = desk.get(restore_address(service, then))
    assert [str(one) for one in page.context["changes"]] == ["Name: from “After” to “Before”"]
    service.refresh_from_db()
    assert service.name == "After"
    answer = desk.post(restore_address(service, then), {"_version": page.context["version"]}, follow=True)
    assert "was restored to that version" in messages_of(answer)
    service.refresh_from_db()
    assert service.name == "Before"
    assert entries(desk, service)[0].who == "ada"


def test_what_changed_since_it_was_shown_is_not_overwritten(desk: Client) -> None:
    service = build_service("Before")
    edit(service, None, name="After")
    then = revisions.revisions_of(service)[1]
    version = desk.get(restore_address(service, then)).context["version"]
    edit(service, None, NOW + timedelta(hours=1), name="Meanwhile")
    answer = desk.post(restore_address(service, then), {"_version": version})
    assert "Nothing was changed" in messages_of(answer)
    service.refresh_from_db()
    assert service.name == "Meanwhile"


def test_a_revision_of_another_record_is_not_there(desk: Client) -> None:
    service, other = build_service(), build_service()
    edit(other, None, name="Other")
    revision = revisions.last_revision(other)
    assert revision is not None
    assert desk.get(restore_address(service, revision)).status_code == 404


def test_undoing_goes_back_to_where_the_button_was(desk: Client) -> None:
    service = build_service("Before")
    send(desk, address(service), name="After")
    answer = desk.post(undo_url(service), {"next": reverse("admin:index"), **seen(service)})
    assert answer.headers["Location"] == reverse("admin:index")
    service.refresh_from_db()
    assert service.name == "Before"


@pytest.mark.parametrize(
    "next_page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x", ""]
)
def test_undoing_leads_to_no_other_site(desk: Client, next_page: str) -> None:
    service = build_service("Before")
    edit(service, None, name="After")
    answer = desk.post(undo_url(service), {"next": next_page, **seen(service)})
    assert answer.headers["Location"] == address(service)


def test_the_button_on_a_page_undoes_only_what_the_page_showed(desk: Client) -> None:
    service = build_service("Before")
    send(desk, address(service), name="After")
    page = desk.get(address(service))
    assert "Undo last change" in page.content.decode()
    shown = {"_version": page.context["version"], "next": address(service)}
    edit(service, None, datetime.now(UTC), name="Meanwhile")
    answer = desk.post(page.context["undo_url"], shown, follow=True)
    assert "Nothing was changed" in messages_of(answer)
    service.refresh_from_db()
    assert service.name == "Meanwhile"


def test_undoing_nothing_is_said(desk: Client) -> None:
    service = build_service()
    answer = desk.post(undo_url(service), seen(service), follow=True)
    assert "There is nothing to undo" in messages_of(answer)


def test_undoing_needs_a_post_and_a_record_that_is_there(desk: Client) -> None:
    service = build_service()
    assert desk.get(undo_url(service)).status_code == 405
    gone = reverse("admin:resources_undo", args=["phone", service.pk])
    assert desk.post(gone).status_code == 404


def test_whoever_only_reads_sees_the_history_and_puts_nothing_back() -> None:
    client = sign_in(Client(), build_curator("vic", Role.VIEWER))
    service = build_service("Before")
    edit(service, None, name="After")
    page = client.get(address(service, "history"))
    assert page.status_code == 200
    assert "Restore this version" not in page.content.decode()
    then = revisions.revisions_of(service)[1]
    assert client.get(restore_address(service, then)).status_code == 403
    assert client.post(restore_address(service, then)).status_code == 403
    assert client.post(undo_url(service), seen(service)).status_code == 403
    service.refresh_from_db()
    assert service.name == "After"


def test_an_organization_is_undone_and_its_services_are_shown_by_its_old_name(desk: Client) -> None:
    service = build_service(organization=build_organization("Old name"))
    send(desk, address(service.organization), name="New name")
    desk.post(undo_url(service.organization), seen(service.organization))
    assert Organization.objects.get().name == "Old name"


# ---- removed for good


def test_what_was_removed_is_listed_and_put_back(chief: Client) -> None:
    organization = build_organization("Kind People")
    chief.post(address(organization, "delete"), {"post": "yes"})
    assert not Organization.objects.exists()
    page = chief.get(reverse("admin:resources_removed"))
    assert "Kind People" in page.content.decode()
    (revision,) = page.context["page"]
    answer = chief.post(reverse("admin:resources_removed"), {"version": revision.pk}, follow=True)
    assert "Kind People is back." in messages_of(answer)
    assert Organization.objects.get().name == "Kind People"


@pytest.mark.parametrize("version", ["", "x", "999999"])
def test_putting_back_what_is_not_there_does_nothing(chief: Client, version: str) -> None:
    answer = chief.post(reverse("admin:resources_removed"), {"version": version}, follow=True)
    assert answer.status_code == 200


def test_an_editor_has_no_page_of_what_was_removed(desk: Client) -> None:
    assert desk.get(reverse("admin:resources_removed")).status_code == 403


def test_undoing_asks_which_version_was_seen(desk: Client) -> None:
    service = build_service("Before")
    edit(service, None, name="After")
    assert "Nothing was changed" in messages_of(desk.post(undo_url(service), follow=True))
    service.refresh_from_db()
    assert service.name == "After"
