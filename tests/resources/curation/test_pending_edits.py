"""Edits that wait: what approving, declining and taking back do, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from resources.curation import pending_edits, permissions, publishing
from resources.history import revisions
from resources.models import Claim, ListingText, Organization, PendingEdit, Phone, Service, ServiceAtLocation
from resources.search.drift import find_drift
from resources.vocabulary import Decision, Role, Status
from tests.build import build_location, build_service
from tests.resources.admin.desk import build_curator

pytestmark = [pytest.mark.django_db, pytest.mark.slow("saves, waits and decides in each test")]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ada() -> User:
    return build_curator("ada", edits_wait=True)


@pytest.fixture
def grace() -> User:
    return build_curator("grace", Role.REVIEWER)


def wait(record: Any, by: User, change: Callable[[], Any]) -> PendingEdit:
    """Keeps what `change` does, as the page of a record does it."""
    before = revisions.current_snapshot(record)
    with transaction.atomic():
        change()
        after = revisions.current_snapshot(record)
        transaction.set_rollback(True)
    edit = pending_edits.submit_for_review(record=record, before=before, after=after, by=by, at=NOW)
    assert edit is not None
    return edit


def rename(service: Service, name: str = "After") -> Callable[[], Any]:
    return lambda: Service.objects.filter(pk=service.pk).update(name=name)


def listed_name(service: Service) -> str:
    return str(ListingText.objects.get(listing__service=service).card["service"]["name"])


def test_visitors_see_an_edit_once_a_reviewer_has_approved_it(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    assert listed_name(service) == "Before"
    assert pending_edits.approve(edit=edit, by=grace, at=LATER) == []
    assert listed_name(service) == "After"
    edit.refresh_from_db()
    assert (edit.decision, edit.decided_by, edit.decided_at) == (Decision.ACCEPTED, grace, LATER)
    last = revisions.last_revision(service)
    assert last is not None
    assert (last.comment, last.made_by) == ("Edit by ada, approved.", grace)
    assert [one.comment for one in revisions.revisions_of(service)][1] == revisions.INITIAL_COMMENT
    assert list(find_drift(NOW)) == []


def test_rows_that_came_and_went_are_approved_with_it(ada: User, grace: User) -> None:
    service = build_service("Group", audiences=["partner"])

    def change() -> None:
        service.phones.all().delete()
        Phone.objects.create(service=service, number="988", country="US")
        service.audiences.update(audience="fathers")
        service.audiences.create(audience="family")

    edit = wait(service, ada, change)
    assert service.phones.get().number == "214-555-0100"
    pending_edits.approve(edit=edit, by=grace, at=LATER)
    assert service.phones.get().number == "988"
    assert {row.audience for row in service.audiences.all()} == {"fathers", "family"}
    assert list(find_drift(NOW)) == []


def test_a_declined_edit_changes_nothing_and_is_decided_once(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    Claim.objects.create(subject=edit.pk, by=grace, claimed_at=NOW)
    for reason in ("", " ", "x" * 256):
        with pytest.raises(pending_edits.CannotDecide, match="reason"):
            pending_edits.decline(edit=edit, by=grace, at=LATER, reason=reason)
    pending_edits.decline(edit=edit, by=grace, at=LATER, reason="Not so.")
    edit.refresh_from_db()
    assert edit.decision == Decision.DECLINED
    assert listed_name(service) == "Before"
    last = revisions.last_revision(service)
    assert last is not None
    assert (last.comment, last.made_by) == ("Edit by ada, declined: Name. Reason: Not so.", grace)
    assert not Claim.objects.exists()
    for action in (pending_edits.approve, pending_edits.decline):
        with pytest.raises(pending_edits.CannotDecide, match="already been decided"):
            action(edit=edit, by=grace, at=LATER)


def test_an_edit_is_approved_part_by_part(ada: User, grace: User) -> None:
    service = build_service("Group", audiences=["partner"])
    old_phone = service.phones.get()

    def change() -> None:
        Service.objects.filter(pk=service.pk).update(name="After", description="New words")
        service.phones.all().delete()
        Phone.objects.create(service=service, number="988", country="US")
        service.audiences.create(audience="family")

    edit = wait(service, ada, change)
    parts = [(change.model, change.pk, change.field) for change in pending_edits.changes_of(edit)]
    declined = {
        part
        for part in parts
        if part[2] == "name" or part[1] == str(old_phone.pk) or part[0] == "resources.serviceaudience"
    }
    decide: dict[str, Any] = {"edit": edit, "by": grace, "at": LATER}
    with pytest.raises(pending_edits.CannotDecide, match="Decline the whole edit"):
        pending_edits.approve(**decide, declined=parts, reason="x")
    with pytest.raises(pending_edits.CannotDecide, match="Give a reason"):
        pending_edits.approve(**decide, declined=declined)
    pending_edits.approve(**decide, declined=declined, reason="It has not moved.")
    service.refresh_from_db()
    assert (service.name, service.description) == ("Group", "New words")
    assert {phone.number for phone in service.phones.all()} == {old_phone.number, "988"}
    edit.refresh_from_db()
    assert (edit.decision, edit.reason) == (Decision.ACCEPTED, "It has not moved.")
    assert ({tuple(part) for part in edit.declined}, len(declined)) == (declined, 3)
    assert [row.audience for row in service.audiences.all()] == ["partner"]
    last = revisions.last_revision(service)
    assert last is not None
    assert last.comment.startswith("Edit by ada, approved. Declined: Name")
    assert last.comment.endswith("Reason: It has not moved.")
    assert list(find_drift(NOW)) == []


def test_a_part_is_not_approved_without_the_one_that_it_needs(ada: User, grace: User) -> None:
    service, location = build_service("Group"), build_location()

    def change() -> None:
        place = ServiceAtLocation.objects.create(service=service, location=location)
        Phone.objects.create(service_at_location=place, number="988", country="US")

    edit = wait(service, ada, change)
    place = next(
        change for change in pending_edits.changes_of(edit) if change.model == "resources.serviceatlocation"
    )
    declined = [(place.model, place.pk, place.field)]
    with pytest.raises(pending_edits.CannotDecide, match="needs one that you decline"):
        pending_edits.approve(edit=edit, by=grace, at=LATER, declined=declined, reason="No such place.")
    edit.refresh_from_db()
    assert (edit.decision, edit.declined) == (Decision.OPEN, [])
    assert not Phone.objects.filter(number="988").exists()


def test_a_part_that_someone_else_changed_does_not_stand_in_the_way_once_it_is_declined(
    ada: User, grace: User
) -> None:
    service = build_service("Before")
    edit = wait(
        service,
        ada,
        lambda: Service.objects.filter(pk=service.pk).update(name="After", description="New words"),
    )
    Service.objects.filter(pk=service.pk).update(name="Meanwhile")
    with pytest.raises(pending_edits.EditConflict):
        pending_edits.approve(edit=edit, by=grace, at=LATER)
    name = ("resources.service", str(service.pk), "name")
    pending_edits.approve(edit=edit, by=grace, at=LATER, declined=[name], reason="Theirs is newer.")
    service.refresh_from_db()
    assert (service.name, service.description) == ("Meanwhile", "New words")


def test_nobody_decides_about_their_own(grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, grace, rename(service))
    for action in (pending_edits.approve, pending_edits.decline):
        with pytest.raises(permissions.NotAllowed):
            action(edit=edit, by=grace, at=LATER)
    edit.refresh_from_db()
    assert edit.decision == Decision.OPEN


def test_an_editor_decides_about_no_edit(ada: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    with pytest.raises(permissions.NotAllowed):
        pending_edits.approve(edit=edit, by=build_curator("bea"), at=LATER)


def test_its_writer_takes_an_edit_back_and_nobody_else_does(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    with pytest.raises(permissions.NotAllowed):
        pending_edits.withdraw_edit(edit=edit, by=grace, at=LATER)
    pending_edits.withdraw_edit(edit=edit, by=ada, at=LATER)
    edit.refresh_from_db()
    assert (edit.decision, edit.decided_by) == (Decision.DECLINED, ada)


def test_a_second_edit_takes_the_place_of_the_first(ada: User, grace: User) -> None:
    service = build_service("Before")
    first = wait(service, ada, rename(service, "First"))
    second = wait(service, ada, rename(service, "Second"))
    assert first.pk == second.pk
    pending_edits.approve(edit=PendingEdit.objects.get(), by=grace, at=LATER)
    assert listed_name(service) == "Second"


def test_what_was_replaced_while_it_was_read_is_not_approved_unread(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service, "First"))
    read_at = edit.received_at
    pending_edits.submit_for_review(
        record=service, before=edit.before, after={"resources.service": {}}, by=ada, at=LATER
    )
    with pytest.raises(pending_edits.CannotDecide, match="while you were reading"):
        pending_edits.approve(edit=edit, by=grace, at=LATER, read_at=read_at)
    assert listed_name(service) == "Before"


def test_an_edit_that_changes_nothing_is_not_kept(ada: User) -> None:
    service = build_service("Before")
    same = revisions.current_snapshot(service)
    assert pending_edits.submit_for_review(record=service, before=same, after=same, by=ada, at=NOW) is None
    assert not PendingEdit.objects.exists()


# ---- meanwhile


def change_meanwhile(service: Service, **fields: Any) -> None:
    revisions.save_missing_revision([service])
    Service.objects.filter(pk=service.pk).update(**fields)
    publishing.finish_edit(records=[service], by=None, at=NOW)


def test_what_others_changed_beside_it_stays(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    change_meanwhile(service, description="New words")
    assert pending_edits.conflicts_of(edit) == []
    pending_edits.approve(edit=edit, by=grace, at=LATER)
    service.refresh_from_db()
    assert (service.name, service.description) == ("After", "New words")


def test_what_others_changed_of_the_same_is_named_and_needs_a_word(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    change_meanwhile(service, name="Meanwhile")
    ((conflict, says),) = pending_edits.conflicts_of(edit)
    assert [str(one) for one in says] == ["Name: from “Before” to “Meanwhile”"]
    with pytest.raises(pending_edits.EditConflict):
        pending_edits.approve(edit=edit, by=grace, at=LATER)
    assert listed_name(service) == "Meanwhile"
    pending_edits.approve(edit=edit, by=grace, at=LATER, overwrite=[conflict])
    assert listed_name(service) == "After"


def test_a_row_that_was_changed_and_is_gone_is_named(ada: User, grace: User) -> None:
    service = build_service("Before", url="https://kind.example.org")
    edit = wait(service, ada, lambda: service.phones.update(number="988"))
    revisions.save_missing_revision([service])
    service.phones.all().delete()
    change_meanwhile(service)
    ((conflict, says),) = pending_edits.conflicts_of(edit)
    assert str(says[0]).startswith("Phone number 214-555-0100: removed")
    pending_edits.approve(edit=edit, by=grace, at=LATER, overwrite=[conflict])
    assert not service.phones.exists()


def test_what_approving_leaves_without_a_way_to_make_contact_is_withdrawn_and_said(
    ada: User, grace: User
) -> None:
    service = build_service("Quiet")
    edit = wait(service, ada, lambda: service.phones.all().delete())
    assert pending_edits.approve(edit=edit, by=grace, at=LATER) == [service]
    service.refresh_from_db()
    assert service.status == Status.INACTIVE
    assert list(find_drift(NOW)) == []


# ---- other records


def test_an_edit_of_an_organization_or_a_place_is_on_the_listings_once_approved(
    ada: User, grace: User
) -> None:
    service = build_service(at=[build_location()])
    organization, location = service.organization, service.service_at_locations.get().location
    edits = [
        wait(
            organization, ada, lambda: Organization.objects.filter(pk=organization.pk).update(name="Renamed")
        ),
        wait(location, ada, lambda: type(location).objects.filter(pk=location.pk).update(city="Austin")),
    ]
    for edit in edits:
        pending_edits.approve(edit=edit, by=grace, at=LATER)
    card = ListingText.objects.get(listing__service=service).card
    assert (card["organization"]["name"], card["location"]["city"]) == ("Renamed", "Austin")
    assert list(find_drift(NOW)) == []


def test_an_edit_of_one_place_of_a_service_is_kept_with_the_service(ada: User, grace: User) -> None:
    service = build_service(at=[build_location()])
    place = service.service_at_locations.get()
    edit = wait(place, ada, lambda: Phone.objects.create(service_at_location=place, number="988"))
    pending_edits.approve(edit=edit, by=grace, at=LATER)
    assert place.phones.get().number == "988"
    last = revisions.last_revision(service)
    assert last is not None
    assert last.comment == "Edit by ada, approved."


def test_a_place_that_is_new_with_the_edit_comes_when_it_is_approved(ada: User, grace: User) -> None:
    service, location = build_service(), build_location()
    with transaction.atomic():
        place = ServiceAtLocation.objects.create(service=service, location=location)
        after = revisions.current_snapshot(place)
        transaction.set_rollback(True)
    edit = pending_edits.submit_for_review(record=place, before={}, after=after, by=ada, at=NOW)
    assert edit is not None
    assert not service.service_at_locations.exists()
    pending_edits.approve(edit=edit, by=grace, at=LATER)
    assert service.service_at_locations.get().pk == place.pk
    assert list(find_drift(NOW)) == []


def test_an_edit_of_a_record_that_is_gone_is_refused_in_words(ada: User, grace: User) -> None:
    service = build_service("Before")
    edit = wait(service, ada, rename(service))
    service.delete()
    with pytest.raises(pending_edits.CannotDecide, match="no longer exists"):
        pending_edits.approve(edit=edit, by=grace, at=LATER)
    pending_edits.decline(edit=edit, by=grace, at=LATER, reason="x")
