"""Putting back: the record, its rows with their ids, and listings that are true afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from resources.admin.edit_conflicts import VERSION
from resources.curation import assurance, permissions, publishing, restore
from resources.history import revisions
from resources.history.snapshots import Snapshot, is_same
from resources.models import (
    Assurance,
    CostOption,
    Language,
    Listing,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from resources.search.drift import find_drift
from resources.vocabulary import Audience, Cost, Kind, PregnancyOptionsPolicy, Role, Status
from tests.build import build_cost, build_location, build_organization, build_service, build_term
from tests.examples import PROFILE
from tests.reading import card_of
from tests.resources.admin.desk import address, build_curator, messages_of, read_form, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow("compares records with their history")]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hours(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def edit(service: Service, at: datetime = NOW, **fields: Any) -> None:
    """As an interface does it."""
    revisions.save_missing_revision([service])
    Service.objects.filter(pk=service.pk).update(**fields)
    publishing.finish_edit(records=[service], by=None, at=at)


def first_revision(record: Any) -> Any:
    return revisions.revisions_of(record).last()


def test_a_service_is_put_back_with_its_rows_and_says_so() -> None:
    service = build_service("Before", at=[build_location()], languages=["en"], cost=Cost.FIXED, price=20)
    before = revisions.current_snapshot(service)
    revisions.save_missing_revision([service])
    service.languages.all().delete()
    service.service_at_locations.all().delete()
    CostOption.objects.update(amount=90)
    edit(service, name="After")
    assert restore.restore(record=service, revision=first_revision(service), by=None, at=hours(1)) == []
    assert is_same(revisions.current_snapshot(service), before)
    assert card_of(service)["service"]["name"] == "Before"
    last = revisions.last_revision(service)
    assert last is not None
    assert last.comment.startswith("Restored the version of ")
    assert list(find_drift(NOW)) == []


def test_undoing_takes_back_the_last_change_and_undoing_that_does_it_again() -> None:
    service = build_service("First")
    edit(service, hours(0), name="Second")
    edit(service, hours(1), name="Third")
    names = []
    for number in range(3):
        restore.undo(record=service, by=None, at=hours(2 + number))
        service.refresh_from_db()
        names.append(service.name)
    assert names == ["Second", "Third", "Second"]


def test_undoing_a_withdrawal_shows_the_service_again() -> None:
    service = build_service(at=[build_location()])
    publishing.withdraw(services=[service], reason="Closed", by=None, at=NOW)
    assert not Listing.objects.exists()
    restore.undo(record=service, by=None, at=hours(1))
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.ACTIVE, "")
    assert Listing.objects.filter(service=service).exists()


def test_undoing_a_check_takes_it_back() -> None:
    service = build_service()
    assurance.assure(services=[service], by=None, at=NOW)
    assert Assurance.objects.filter(service=service).exists()
    restore.undo(record=service, by=None, at=hours(1))
    service.refresh_from_db()
    assert service.assured_date is None
    assert not Assurance.objects.exists()


def test_undoing_takes_back_what_an_import_did_since() -> None:
    service = build_service("Ours")
    edit(service, name="Ours, edited")
    Service.objects.filter(pk=service.pk).update(name="Theirs", last_modified=hours(1))
    restore.undo(record=service, by=None, at=hours(2))
    service.refresh_from_db()
    assert service.name == "Ours, edited"


def test_an_edit_of_the_organization_beside_it_is_no_change_of_the_service() -> None:
    service = build_service("First")
    edit(service, hours(0), name="Second")
    publishing.finish_edit(records=[service.organization], by=None, at=hours(1))
    restore.undo(record=service, by=None, at=hours(2))
    service.refresh_from_db()
    assert service.name == "First"


def test_where_nothing_else_was_kept_there_is_nothing_to_undo() -> None:
    service = build_service()
    with pytest.raises(restore.NothingToUndo):
        restore.undo(record=service, by=None, at=NOW)


def test_what_is_put_back_and_reaches_nobody_is_withdrawn_and_said() -> None:
    service = build_service("Quiet", phone="", status=Status.ACTIVE)
    revisions.save_missing_revision([service])
    revision = first_revision(service)
    edit(service, url="https://kind.example.org", status=Status.INACTIVE)
    assert restore.restore(record=service, revision=revision, by=None, at=hours(1)) == [service]
    service.refresh_from_db()
    assert service.status == Status.INACTIVE
    assert list(find_drift(NOW)) == []


def test_what_points_to_a_record_that_is_gone_is_refused_in_words() -> None:
    service = build_service("Group", organization=build_organization("Gone"))
    gone = service.organization
    edit(service, organization=build_organization("Others"))
    gone.delete()
    with pytest.raises(restore.CannotRestore, match="the organization it refers to no longer exists"):
        restore.restore(record=service, revision=first_revision(service), by=None, at=hours(1))
    service.refresh_from_db()
    assert service.organization.name == "Others"


def edit_organization(record: Any) -> None:
    Organization.objects.filter(pk=record.pk).update(name="Changed")
    publishing.finish_edit(records=[record], by=None, at=NOW)


def edit_location(record: Any) -> None:
    Location.objects.filter(pk=record.pk).update(city="Austin")
    publishing.finish_edit(records=[record], by=None, at=NOW)


def edit_term(record: Any) -> None:
    TaxonomyTerm.objects.filter(pk=record.pk).update(name="Changed")
    publishing.finish_edit(records=[record], by=None, at=NOW)


BESIDE: dict[str, tuple[Callable[[Service], Any], Callable[[Any], None]]] = {
    "organization": (lambda service: service.organization, edit_organization),
    "place": (lambda service: service.service_at_locations.get().location, edit_location),
    "word": (lambda service: service.topics.get(), edit_term),
}


@pytest.mark.parametrize("what", BESIDE)
def test_a_record_beside_a_service_is_put_back_and_so_are_the_listings(what: str) -> None:
    service = build_service(at=[build_location()], topics=[build_term("Walking")])
    find, change = BESIDE[what]
    record = find(service)
    before, card = revisions.current_snapshot(record), card_of(service)
    del card["last_modified"]
    revisions.save_missing_revision([record])
    change(record)
    restore.undo(record=record, by=None, at=hours(1))
    assert is_same(revisions.current_snapshot(record), before)
    assert {**card_of(service), **card} == card_of(service)
    assert list(find_drift(NOW)) == []


# ---- who may


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_whoever_may_not_publish_at_once_may_not_put_back(role: str) -> None:
    by = build_curator(role=role, edits_wait=True)
    service = build_service("First")
    edit(service, name="Second")
    with pytest.raises(permissions.NotAllowed):
        restore.undo(record=service, by=by, at=hours(1))
    service.refresh_from_db()
    assert service.name == "Second"


def test_an_editor_of_one_region_puts_nothing_back_into_another() -> None:
    by = build_curator(regions=["US-TX"])
    elsewhere = build_location(city="Boston", region="MA")
    service = build_service("Group", at=[elsewhere])
    revisions.save_missing_revision([service])
    ServiceAtLocation.objects.update(location=build_location())
    edit(service, name="Group in Dallas")
    with pytest.raises(permissions.NotAllowed):
        restore.undo(record=service, by=by, at=hours(1))
    assert service.service_at_locations.get().location != elsewhere


# ---- what was removed


def test_what_was_removed_is_put_back_from_its_last_version() -> None:
    organization = build_organization("Kind People", website="https://kind.example.org")
    Phone.objects.create(organization=organization, number="988")
    before, pk = revisions.current_snapshot(organization), organization.pk
    publishing.remove_records(records=[organization], by=None, at=NOW)
    (revision,) = restore.removed_records()
    restore.restore_deleted(revision=revision, by=None, at=hours(1))
    back = Organization.objects.get(pk=pk)
    assert is_same(revisions.current_snapshot(back), before)
    assert restore.removed_records() == []
    with pytest.raises(restore.CannotRestore):
        restore.restore_deleted(revision=revision, by=None, at=hours(2))


def test_an_editor_does_not_put_back_what_a_reviewer_removed() -> None:
    publishing.remove_records(records=[build_location()], by=None, at=NOW)
    (revision,) = restore.removed_records()
    with pytest.raises(permissions.NotAllowed):
        restore.restore_deleted(revision=revision, by=build_curator(), at=hours(1))


# ---- whatever is done, in whatever order


def rename(service: Service, chance: random.Random, at: datetime) -> None:
    edit(service, at, name=chance.choice(["Quiet Room", "Loud Room", "Hall"]))


def change_rows(service: Service, chance: random.Random, at: datetime) -> None:
    revisions.save_missing_revision([service])
    for model in (CostOption, Language, Phone, Schedule, ServiceAudience):
        if chance.random() < 0.5:
            model._default_manager.filter(service=service).delete()
    Language.objects.get_or_create(service=service, code=chance.choice(["en", "es", "fr"]))
    ServiceAudience.objects.get_or_create(service=service, audience=chance.choice(Audience.values))
    Phone.objects.create(service=service, number="988", country="US")
    build_cost(service, Cost.FIXED, chance.randint(1, 90))
    Schedule.objects.create(service=service, freq="WEEKLY", byday="TU", timezone="America/Chicago")
    edit(service, at)


def change_places(service: Service, chance: random.Random, at: datetime) -> None:
    revisions.save_missing_revision([service])
    places = list(service.service_at_locations.all())
    if places and chance.random() < 0.5:
        chance.choice(places).delete()
    place = ServiceAtLocation.objects.create(service=service, location=build_location((31, -90)))
    Phone.objects.create(service_at_location=place, number="911")
    edit(service, at)


def change_topics(service: Service, chance: random.Random, at: datetime) -> None:
    revisions.save_missing_revision([service])
    service.topics.set(chance.sample(list(TaxonomyTerm.objects.all()), chance.randint(0, 2)))
    edit(service, at)


def withdraw(service: Service, chance: random.Random, at: datetime) -> None:
    publishing.withdraw(services=[service], reason=chance.choice(["Closed", "Moved"]), by=None, at=at)


def publish(service: Service, chance: random.Random, at: datetime) -> None:
    publishing.publish(services=[service], by=None, at=at)


def check(service: Service, chance: random.Random, at: datetime) -> None:
    verbs: list[Any] = [assurance.assure, assurance.record_no_answer, assurance.mark_full]
    chance.choice(verbs)(services=[service], by=None, at=at)


ACTIONS: tuple[Callable[[Service, random.Random, datetime], None], ...] = (
    *(rename, change_rows, change_places, change_topics, withdraw, publish, check),
)


@pytest.mark.slow("compares every listing with its records after each step")
@pytest.mark.parametrize("seed", range(6 if PROFILE == "nightly" else 2))
def test_after_undoing_the_record_is_what_it_was_and_the_listings_are_true(seed: int) -> None:
    chance = random.Random(seed)
    service = build_service("Group", at=[build_location()], topics=[build_term("A"), build_term("B")])
    states: list[Snapshot] = [revisions.current_snapshot(service)]
    done: list[str] = []
    for step in range(10):
        if len(states) > 1 and chance.random() < 0.4:
            restore.undo(record=service, by=None, at=hours(step))
            done.append("undo")
            assert is_same(revisions.current_snapshot(service), states[-2]), done
            states.append(states[-2])
        else:
            action = chance.choice(ACTIONS)
            action(service, chance, hours(step))
            done.append(action.__name__)
            if not is_same(revisions.current_snapshot(service), states[-1]):
                states.append(revisions.current_snapshot(service))
        assert list(find_drift(NOW)) == [], done
    assert "undo" in done


# ---- what goes along


def put_back(record: Any) -> None:
    (revision,) = (one for one in restore.removed_records() if one.object_id == record.pk)
    restore.restore_deleted(revision=revision, by=None, at=hours(1))


def test_a_removed_taxonomy_comes_back_with_its_words_and_what_was_tagged_with_them() -> None:
    walking, reading = build_term("Walking"), build_term("Reading")
    service = build_service(topics=[walking])
    revisions.save_missing_revision([service])
    publishing.remove_records(records=[walking.taxonomy], by=None, at=NOW)
    last = revisions.last_revision(service)
    assert last is not None
    assert last.comment == "A word was removed: Topics."
    for record in (walking.taxonomy, walking, reading):
        put_back(record)
    restore.undo(record=service, by=None, at=hours(2))
    assert [term.name for term in service.topics.all()] == ["Walking"]
    assert set(TaxonomyTerm.objects.all()) == {walking, reading}
    assert list(find_drift(NOW)) == []


def test_what_an_import_tagged_is_known_to_the_history_before_the_word_goes() -> None:
    term = build_term("Walking")
    service = build_service(topics=[term])
    publishing.remove_records(records=[term], by=None, at=NOW)
    put_back(term)
    restore.undo(record=service, by=None, at=hours(2))
    assert list(service.topics.all()) == [term]


def test_a_place_that_goes_with_its_organization_can_be_put_back() -> None:
    organization = build_organization("Kind People")
    place = build_location(name="The blue house", organization=organization)
    Phone.objects.create(location=place, number="988", country="US")
    before = revisions.current_snapshot(place)
    publishing.remove_records(records=[organization], by=None, at=NOW)
    put_back(organization)
    put_back(place)
    assert is_same(revisions.current_snapshot(place), before)


@pytest.mark.slow("draws pages of the admin")
def test_the_page_says_why_what_was_put_back_is_not_shown(client: Client) -> None:
    desk = sign_in(client, build_curator())
    service = build_service(
        "Group", status=Status.INACTIVE, kind=Kind.CLINIC, all_options=PregnancyOptionsPolicy.NO
    )
    Service.objects.update(status=Status.ACTIVE)
    revisions.save_missing_revision([service])
    edit(service, status=Status.INACTIVE, name="Other")
    undo = reverse("admin:resources_undo", args=["service", service.pk])
    answer = desk.post(undo, {VERSION: read_form(desk, address(service))[VERSION]}, follow=True)
    assert "Group is not shown to visitors. It does not offer or refer for all options." in messages_of(
        answer
    )
    assert "no contact details" not in messages_of(answer).lower()
