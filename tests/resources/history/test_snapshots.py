"""Records as plain data: kept, compared, put back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import transaction

from resources.history import revisions
from resources.history.snapshots import (
    Snapshot,
    SnapshotConflict,
    apply_changes,
    changed_rows,
    differing_since,
    is_same,
    place_snapshot,
    snapshot_model,
    snapshot_of,
)
from resources.models import (
    Contact,
    Credential,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceAudience,
)
from resources.vocabulary import Cost, Format, Loss
from tests.build import build_location, build_organization, build_service, build_term

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def today(record: Any) -> Snapshot:
    return revisions.current_snapshot(record)


def build_whole_service() -> Service:
    service = build_service(
        at=[build_location(), build_location()],
        areas=["US"],
        cost=Cost.FIXED,
        price=20.5,
        languages=["en", "es"],
        audiences=["fathers"],
        topics=[build_term("Walking"), build_term("Gardening")],
        schedules=[
            {"freq": "WEEKLY", "byday": "TU", "opens_at": time(19), "added_dates": (date(2026, 5, 1),)}
        ],
        formats=(Format.IN_PERSON,),
        losses=(Loss.MISCARRIAGE, Loss.STILLBIRTH),
        assured_date=date(2026, 1, 31),
        refresh=False,
    )
    for place in service.service_at_locations.all():
        Phone.objects.create(service_at_location=place, number="988")
        Schedule.objects.create(service_at_location=place, description="Mondays")
    Contact.objects.create(service=service, title="Lead")
    Credential.objects.create(service=service, kind="licence", name="Registered")
    return service


def test_a_revision_says_what_the_record_said() -> None:
    service = build_whole_service()
    revisions.save_revision([service], by=None, at=NOW, comment="Written.")
    revision = revisions.last_revision(service)
    assert revision is not None
    snapshot = revision.snapshot
    assert snapshot == today(service)
    assert snapshot_model(snapshot) == "resources.service"
    assert len(snapshot["resources.phone"]) == 3


def test_of_records_kept_together_each_gets_its_own_and_no_other() -> None:
    """A part of an organization points to it, as its rows do."""
    parent = build_organization("Whole")
    part = build_organization("Part", parent_organization=parent)
    revisions.save_revision([parent, part], by=None, at=NOW, comment="Both.")
    for one in (parent, part):
        assert list(revisions.latest_snapshot(one)["resources.organization"]) == [str(one.pk)]


def test_many_revisions_are_read_with_one_query(django_assert_num_queries: Any) -> None:
    service = build_whole_service()
    for number in range(6):
        Service.objects.filter(pk=service.pk).update(name=f"Name {number}")
        revisions.save_revision([service], by=None, at=NOW, comment="Edited.")
    with django_assert_num_queries(1):
        past = [one.snapshot["resources.service"][str(service.pk)] for one in revisions.revisions_of(service)]
    assert [fields["name"] for fields in past[:2]] == ["Name 5", "Name 4"]


def test_of_a_place_of_a_service_only_its_own_part_is_told() -> None:
    service = build_whole_service()
    first, _second = service.service_at_locations.all()
    assert place_snapshot(today(service), first) == today(first)


def test_topics_in_another_order_are_no_change() -> None:
    walking, gardening = build_term("Walking"), build_term("Gardening")
    service = build_service(topics=[walking, gardening])
    before = today(service)
    walking.name = "A walk"
    walking.save()
    assert is_same(before, today(service))


def test_what_is_silent_and_what_a_snapshot_does_not_know_is_no_change() -> None:
    service = build_service()
    before = today(service)
    Service.objects.filter(pk=service.pk).update(
        last_modified=NOW, attribution={"name": ["curator", "2026-03-01"]}
    )
    del before["resources.service"][str(service.pk)]["all_options"]
    assert is_same(before, today(service))


# ---- doing again what was done


def test_only_what_was_done_between_two_snapshots_is_done_to_the_record_of_today() -> None:
    service = build_service("Before", description="As it was")
    before = today(service)
    Service.objects.filter(pk=service.pk).update(name="After")
    phone = Phone.objects.create(service=service, number="911")
    after, added = today(service), phone.pk
    phone.delete()
    Service.objects.filter(pk=service.pk).update(
        name="Meanwhile", description="Somebody else's", last_modified=NOW
    )
    apply_changes(before, after)
    service.refresh_from_db()
    assert (service.name, service.description) == ("After", "Somebody else's")
    assert service.last_modified == NOW
    assert service.phones.filter(pk=added, number="911").exists()


def test_everything_goes_back_with_its_ids() -> None:
    service = build_whole_service()
    before = today(service)
    for model in (Phone, Language, ServiceAudience, Schedule, Contact, Credential):
        model._default_manager.all().delete()
    service.service_at_locations.first().delete()  # type: ignore[union-attr]
    service.topics.clear()
    Service.objects.filter(pk=service.pk).update(name="Other", losses=1, assured_date=None)
    assert not is_same(before, today(service))
    apply_changes(today(service), before)
    assert today(service) == before


def test_two_rows_that_swapped_their_words_swap_them_back() -> None:
    service = build_service(languages=["en", "es"])
    before = today(service)
    english, spanish = service.languages.order_by("code")
    Language.objects.filter(pk=english.pk).update(code="fr")
    Language.objects.filter(pk=spanish.pk).update(code="en")
    Language.objects.filter(pk=english.pk).update(code="es")
    apply_changes(today(service), before)
    assert today(service) == before


def test_a_row_that_is_gone_stays_gone() -> None:
    service = build_service()
    before = today(service)
    service.phones.update(number="911")
    after = today(service)
    service.phones.all().delete()
    apply_changes(before, after)
    assert not service.phones.exists()


def test_a_topic_that_is_gone_is_left_out_as_it_was_when_it_went() -> None:
    walking, gardening = build_term("Walking"), build_term("Gardening")
    service = build_service(topics=[walking, gardening])
    before = today(service)
    service.topics.clear()
    after = today(service)
    walking.delete()
    apply_changes(after, before)
    assert list(service.topics.all()) == [gardening]


def test_a_parent_that_is_gone_is_left_out_and_an_owner_that_is_gone_refuses() -> None:
    parent = build_organization("Parent")
    part = build_organization("Part", parent_organization=parent)
    snapshot = today(part)
    Organization.objects.filter(pk=part.pk).update(parent_organization=None, name="Changed")
    parent.delete()
    apply_changes(today(part), snapshot)
    part.refresh_from_db()
    assert (part.name, part.parent_organization) == ("Part", None)

    service, other = build_service(organization=part), build_organization("Other")
    snapshot = today(service)
    Service.objects.filter(pk=service.pk).update(organization=other)
    part.delete()
    with pytest.raises(SnapshotConflict) as refused:
        apply_changes(today(service), snapshot)
    assert refused.value.missing == "organization"


def test_what_the_database_refuses_today_is_refused_and_leaves_all_as_it_is() -> None:
    service = build_service("Name")
    before = today(service)
    Service.objects.filter(pk=service.pk).update(name="Changed")
    Language.objects.create(service=service, code="es")
    after = today(service)
    Language.objects.all().delete()
    Service.objects.filter(pk=service.pk).update(name="Name")
    Language.objects.create(service=service, code="es")
    with pytest.raises(SnapshotConflict):
        apply_changes(before, after)
    service.refresh_from_db()
    assert service.name == "Name"


def test_a_number_that_was_never_given_does_not_write_over_another_row() -> None:
    """On SQLite the number of a row that was taken back is the next one's."""
    service, other = build_service(), build_service()
    before = today(service)
    with transaction.atomic():
        ServiceAudience.objects.create(service=service, audience="fathers")
        after = today(service)
        transaction.set_rollback(True)
    ((pk, _row),) = after["resources.serviceaudience"].items()
    ServiceAudience.objects.create(pk=int(pk), service=other, audience="partner")
    apply_changes(before, after)
    assert [row.audience for row in other.audiences.all()] == ["partner"]
    assert [row.audience for row in service.audiences.all()] == ["fathers"]


# ---- changed by somebody else

ONE, TWO, THREE = ({"name": name} for name in ("one", "two", "three"))


def rows(fields: dict[str, Any] | None) -> Snapshot:
    return {"resources.phone": {} if fields is None else {"1": fields}}


@pytest.mark.parametrize(
    ("before", "after", "now", "field"),
    [
        pytest.param(ONE, TWO, ONE, None, id="untouched"),
        pytest.param(ONE, TWO, TWO, None, id="the same change"),
        pytest.param(ONE, TWO, THREE, "name", id="another change"),
        pytest.param(ONE, TWO, None, "", id="changed and gone"),
        pytest.param(ONE, None, ONE, None, id="removed and untouched"),
        pytest.param(ONE, None, TWO, "", id="removed and changed"),
        pytest.param(ONE, None, None, None, id="removed by both"),
        pytest.param(None, ONE, None, None, id="added"),
        pytest.param(ONE, ONE, TWO, None, id="not changed by the edit"),
    ],
)
def test_a_conflict_is_a_part_that_both_have_changed(before: Any, after: Any, now: Any, field: Any) -> None:
    found = list(differing_since(rows(before), rows(after), rows(now)))
    assert found == ([] if field is None else [("resources.phone", "1", field)])


def test_a_snapshot_of_what_is_in_memory_is_compared_with_what_is_kept() -> None:
    service = build_service("Kept")
    before = today(service)
    service.name = "In memory"
    ((model, pk, old, new),) = changed_rows(before, snapshot_of(service))
    assert (model, pk) == ("resources.service", str(service.pk))
    assert old is not None
    assert new is not None
    assert (old["name"], new["name"]) == ("Kept", "In memory")
    assert ServiceAtLocation.objects.count() == 0
