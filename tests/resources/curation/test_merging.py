"""Merging two services that are one, undoing it, and merging again: every row is where it should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from resources.curation import merging, publishing
from resources.curation.merging import BOTH, KEPT, MERGED, CannotMerge, CannotSeparate, merge, separate
from resources.curation.permissions import NotAllowed
from resources.curation.publishing import CannotPublish, CannotRemove
from resources.curation.restore import CannotRestore, undo
from resources.models import (
    Assurance,
    Contact,
    Correction,
    CostOption,
    DuplicatePair,
    Language,
    Listing,
    Location,
    Merge,
    Organization,
    OrganizationIdentifier,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
    Suggestion,
)
from resources.vocabulary import Decision, Outcome, Role, Status
from tests.build import (
    build_cost,
    build_location,
    build_organization,
    build_pending_edit,
    build_service,
    build_source_record,
    build_term,
)
from tests.resources.admin.desk import build_curator

pytestmark = [pytest.mark.django_db, pytest.mark.slow("merges, undoes and compares every row")]

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
OWNED: tuple[Any, ...] = (
    *(Phone, Schedule, CostOption, Language, ServiceArea, ServiceAudience, ServiceAtLocation),
    *(Assurance, Correction, Suggestion, SourceRecord),
)


def whole(name: str, **fields: Any) -> Service:
    """A service with a row of each kind."""
    service = build_service(
        name,
        organization=build_organization(f"{name} people"),
        at=[build_location(name=name, address_1=f"{name} Square", postal_code="75201")],
        areas=["US-TX"],
        languages=["en"],
        audiences=["partner"],
        topics=[build_term(f"{name} topic")],
        schedules=[{"byday": "WE", "freq": "WEEKLY"}],
        **fields,
    )
    build_cost(service, "free")
    Assurance.objects.create(service=service, outcome=Outcome.RIGHT, made_at=AT)
    Correction.objects.create(service=service, received_at=AT)
    Suggestion.objects.create(service=service, received_at=AT)
    build_source_record(service, slug=name.lower())
    return service


def owners() -> dict[tuple[str, str], tuple[str, ...]]:
    """Every row with its owners, and every field of the services but those that say when."""
    columns = ("service_id", "service_at_location_id", "location_id")
    rows = {
        (model.__name__, str(row.pk)): tuple(str(getattr(row, column, "")) for column in columns)
        for model in OWNED
        for row in model.objects.all()
    }
    for service in Service.objects.all():
        values = {field.name: field.value_from_object(service) for field in Service._meta.concrete_fields}
        for name in ("last_modified", "attribution"):
            del values[name]
        topics = sorted(service.topics.values_list("name", flat=True))
        rows["Service", str(service.pk)] = (str(values), str(topics))
    return rows


def one_merge(choices: dict[str, str] | None = None, **fields: Any) -> tuple[Service, Service, Merge]:
    kept, merged = whole("Angels"), whole("Angles", **fields)
    return kept, merged, merge(kept=kept, merged=merged, choices=choices or {}, by=None, at=AT)


def test_what_is_attached_moves_and_the_other_record_is_withdrawn() -> None:
    kept, merged, _done = one_merge()
    assert {model.__name__ for model in OWNED if model.objects.filter(service=merged).exists()} == {
        # what both have alike stays: one language, one area, one audience, one price, one time, one number
        *("Language", "ServiceArea", "ServiceAudience", "CostOption", "Schedule", "Phone")
    }
    assert kept.assurances.count() == kept.corrections.count() == kept.source_records.count() == 2
    assert sorted(kept.topics.values_list("name", flat=True)) == ["Angels topic", "Angles topic"]
    merged.refresh_from_db()
    assert (merged.status, merged.status_reason) == (Status.INACTIVE, "Merged into “Angels”.")
    assert {listing.service_id for listing in Listing.objects.all()} == {kept.pk}
    assert Listing.objects.count() == kept.service_at_locations.count() == 2


FIELDS: list[tuple[str, str, dict[str, str], str]] = [
    # ours, theirs, choice, what stays
    ("", "from them", {}, "from them"),
    ("ours", "", {}, "ours"),
    ("ours", "theirs", {}, "ours"),
    ("ours", "theirs", {"description": MERGED}, "theirs"),
    ("ours", "", {"description": MERGED}, ""),
    ("ours", "theirs", {"description": "nonsense"}, "ours"),
]


@pytest.mark.parametrize(("ours", "theirs", "choices", "stays"), FIELDS)
def test_a_field_is_the_chosen_one_or_the_one_that_is_there(
    ours: str, theirs: str, choices: dict[str, str], stays: str
) -> None:
    kept, merged = build_service(description=ours), build_service(description=theirs)
    merge(kept=kept, merged=merged, choices=choices, by=None, at=AT)
    kept.refresh_from_db()
    assert kept.description == stays


@pytest.mark.parametrize(("choice", "stay"), [(KEPT, ["1"]), (MERGED, ["2"]), (BOTH, ["1", "2"])])
def test_rows_are_those_of_one_or_of_both(choice: str, stay: list[str]) -> None:
    kept, merged = build_service(phone=""), build_service(phone="")
    for service, number in ((kept, "1"), (merged, "2")):
        Phone.objects.create(service=service, number=number)
    before = owners()
    done = merge(kept=kept, merged=merged, choices={"phones": choice}, by=None, at=AT)
    assert sorted(kept.phones.values_list("number", flat=True)) == stay
    separate(merge=done, by=None, at=LATER)
    assert owners() == before


def test_a_place_that_both_have_is_met_once_with_the_rows_of_both() -> None:
    place: dict[str, Any] = {"address_1": "1 Elm Street", "postal_code": "75201"}
    kept = build_service("Angels", at=[build_location(**place)])
    merged = build_service("Angels", at=[build_location(**{**place, "address_1": "1 ELM ST., Suite 4"})])
    ours, theirs = kept.service_at_locations.get(), merged.service_at_locations.get()
    phone = Phone.objects.create(service_at_location=theirs, number="214 555 0177")
    merge(kept=kept, merged=merged, choices={}, by=None, at=AT)
    phone.refresh_from_db()
    assert (phone.service_at_location_id, list(kept.service_at_locations.all())) == (ours.pk, [ours])
    assert Listing.objects.count() == 1


def test_merge_undo_and_merge_again_leave_every_row_where_it_was() -> None:
    kept, merged = whole("Angels"), whole("Angles", description="Theirs")
    before = owners()
    choices = {"description": MERGED, "name": MERGED, "organization": MERGED, "schedules": MERGED}
    first = merge(kept=kept, merged=merged, choices=choices, by=None, at=AT)
    between = owners()
    assert between != before
    outcome = separate(merge=first, by=None, at=LATER)
    assert (owners(), list(outcome.edited), outcome.gone) == (before, [], 0)
    assert Listing.objects.filter(service=merged).count() == 1
    merge(kept=kept, merged=merged, choices=choices, by=None, at=LATER)
    assert owners() == between


def test_what_was_edited_after_a_merge_stays_when_it_is_undone() -> None:
    kept, _merged, done = one_merge({"name": MERGED, "description": MERGED}, description="Theirs")
    Service.objects.filter(pk=kept.pk).update(name="A third name")
    kept.source_records.filter(source__slug="angles").delete()
    outcome = separate(merge=done, by=None, at=LATER)
    kept.refresh_from_db()
    assert (kept.name, kept.description) == ("A third name", "")
    assert (list(outcome.edited), outcome.gone) == (["name"], 1)


def test_an_undone_merge_is_undone_once() -> None:
    _kept, _merged, done = one_merge()
    separate(merge=done, by=None, at=LATER)
    with pytest.raises(CannotSeparate, match="undone already"):
        separate(merge=done, by=None, at=LATER)


def test_merges_are_undone_from_the_last_to_the_first() -> None:
    kept, merged, first = one_merge()
    third = build_service("Third")
    second = merge(kept=third, merged=kept, choices={}, by=None, at=LATER)
    assert merging.kept_record(merged) == third
    with pytest.raises(CannotSeparate, match="was merged into “Third” since"):
        separate(merge=first, by=None, at=LATER)
    separate(merge=second, by=None, at=LATER)
    separate(merge=first, by=None, at=LATER)
    assert merging.kept_record(merged) is None


def test_a_merged_record_is_not_merged_published_or_put_back() -> None:
    kept, merged, _done = one_merge()
    for one, other in ((merged, build_service()), (build_service(), merged), (kept, merged), (kept, kept)):
        with pytest.raises(CannotMerge):
            merge(kept=one, merged=other, choices={}, by=None, at=LATER)
    with pytest.raises(CannotPublish, match="Part of another record: Angles"):
        publishing.publish(services=[merged], by=None, at=LATER)
    with pytest.raises(CannotRestore, match="part of another"):
        undo(record=merged, by=None, at=LATER)


def test_two_curators_on_one_merge_do_it_once() -> None:
    kept, merged = build_service(), build_service()
    read = {service.pk: service.last_modified for service in (kept, merged)}
    merge(kept=kept, merged=merged, choices={}, by=None, at=AT, read=read)
    with pytest.raises(CannotMerge, match="was merged into"):
        merge(kept=kept, merged=merged, choices={}, by=None, at=AT, read=read)


def test_a_record_that_changed_since_it_was_read_is_not_merged() -> None:
    kept, merged = build_service("Angels"), build_service()
    read = {service.pk: service.last_modified for service in (kept, merged)}
    Service.objects.filter(pk=kept.pk).update(last_modified=LATER)
    with pytest.raises(CannotMerge, match="“Angels” has changed since you opened this page"):
        merge(kept=kept, merged=merged, choices={}, by=None, at=AT, read=read)


def test_an_edit_that_waits_is_decided_first() -> None:
    kept, merged = build_service(), build_service()
    build_pending_edit(merged)
    with pytest.raises(CannotMerge, match="waits for a reviewer"):
        merge(kept=kept, merged=merged, choices={}, by=None, at=AT)


def test_values_that_cannot_stand_together_are_refused() -> None:
    kept, merged = build_service(minimum_age=30), build_service(maximum_age=20)
    with pytest.raises(CannotMerge, match="contradict each other"):
        merge(kept=kept, merged=merged, choices={}, by=None, at=AT)
    assert not Merge.objects.exists()


def test_the_result_is_published_if_one_of_them_was() -> None:
    kept, merged = build_service(status=Status.INACTIVE), build_service()
    done = merge(kept=kept, merged=merged, choices={}, by=None, at=AT)
    kept.refresh_from_db()
    assert kept.status == Status.ACTIVE
    separate(merge=done, by=None, at=LATER)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.status, merged.status) == (Status.INACTIVE, Status.ACTIVE)


def test_a_viewer_merges_nothing() -> None:
    viewer = build_curator("vera", Role.VIEWER)
    kept, merged = build_service(), build_service()
    with pytest.raises(NotAllowed):
        merge(kept=kept, merged=merged, choices={}, by=viewer, at=AT)
    with pytest.raises(NotAllowed):
        merging.mark_different(one=kept, other=merged, by=viewer, at=AT)


def test_a_pair_follows_what_is_decided() -> None:
    kept, merged = build_service(), build_service()
    first, second = sorted((kept.pk, merged.pk))
    pair = DuplicatePair.objects.create(first_id=first, second_id=second)
    done = merge(kept=kept, merged=merged, choices={}, by=None, at=AT)
    decisions = [DuplicatePair.objects.get().decision]
    separate(merge=done, by=None, at=LATER)
    decisions.append(DuplicatePair.objects.get().decision)
    merging.mark_different(one=merged, other=kept, by=None, at=LATER)
    decisions.append(DuplicatePair.objects.get(pk=pair.pk).decision)
    assert decisions == [Decision.ACCEPTED, Decision.OPEN, Decision.DECLINED]


# ---- organizations


def two_organizations() -> tuple[Organization, Organization]:
    """Two organizations, the second with a row of each kind."""
    kept = build_organization("Kind People", website="https://kind.example/")
    merged = build_organization("Kind people", email="hello@kind.example", description="Theirs")
    build_service("Ours", organization=kept)
    for name in ("Line", "Group"):
        service = build_service(name, organization=merged, at=[build_location(organization=merged)])
        build_source_record(service, name, slug="list", organization=merged)
    Phone.objects.create(organization=merged, number="1")
    Contact.objects.create(organization=merged, name="Ann")
    for organization in (kept, merged):  # what both have stays where it is
        organization.identifiers.create(identifier_type="EIN", identifier="7")
    build_organization("A part", parent_organization=merged)
    build_curator("ed").curator.organizations.add(merged)
    return kept, merged


def organization_owners() -> dict[tuple[str, str], str]:
    """Every row of an organization with its owner, and every field of the organizations."""
    owned = (Service, Location, SourceRecord, Phone, Contact, OrganizationIdentifier)
    rows = {
        (model.__name__, str(row.pk)): str(row.organization_id)
        for model in owned
        for row in model.objects.all()
    }
    for organization in Organization.objects.all():
        fields = {field.name: field.value_from_object(organization) for field in organization._meta.fields}
        del fields["last_modified"]
        rows["Organization", str(organization.pk)] = f"{fields} {list(organization.curators.all())}"
    return rows


def test_an_organization_is_merged_with_all_it_has_undone_and_merged_again(client: Client) -> None:
    kept, merged = two_organizations()
    pages = [reverse("pages:organization", args=[one.pk]) for one in (kept, merged)]
    before = organization_owners()
    done = merge(kept=kept, merged=merged, choices={"description": MERGED}, by=None, at=AT)
    between = organization_owners()
    assert list(kept.services.order_by("name").values_list("name", flat=True)) == ["Group", "Line", "Ours"]
    assert not merged.services.exists()
    assert {listing.organization_id for listing in Listing.objects.all()} == {kept.pk}
    kept.refresh_from_db()
    assert (kept.name, kept.email, kept.description) == ("Kind People", "hello@kind.example", "Theirs")
    assert kept.locations.count() == kept.source_records.count() == 2
    assert (kept.parts.count(), kept.curators.count()) == (1, 1)
    assert merged.identifiers.count() == 1
    assert all(service.attribution["organization"] for service in kept.services.exclude(name="Ours"))
    assert client.get(pages[1]).headers["Location"] == pages[0]
    answer = client.get(f"/api/v1/organizations/{merged.pk}/")
    assert (answer.status_code, answer.json()["merged_into"]) == (410, str(kept.pk))
    outcome = separate(merge=done, by=None, at=LATER)
    assert (organization_owners(), list(outcome.edited), outcome.gone) == (before, [], 0)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    merge(kept=kept, merged=merged, choices={"description": MERGED}, by=None, at=LATER)
    assert organization_owners() == between


def test_a_merged_organization_is_not_merged_restored_or_deleted() -> None:
    kept, merged = build_organization("Kind People"), build_organization("Kind people")
    build_service(organization=kept)
    done = merge(kept=kept, merged=merged, choices={}, by=None, at=AT)
    with pytest.raises(CannotMerge, match="already"):
        merge(kept=merged, merged=build_organization(), choices={}, by=None, at=AT)
    with pytest.raises(CannotRestore, match="part of another"):
        undo(record=merged, by=None, at=LATER)
    with pytest.raises(CannotRemove, match="Undo the merge first"):
        publishing.remove_records(records=[merged], by=None, at=LATER)
    Organization.objects.filter(pk=kept.pk).update(name="A third name")
    build_service("Made since", organization=kept)
    separate(merge=done, by=None, at=LATER)
    kept.refresh_from_db()
    assert (kept.name, kept.services.count()) == ("A third name", 2)


def test_a_part_that_is_merged_with_its_whole_is_part_of_nothing() -> None:
    whole_one = build_organization("Kind People")
    part = build_organization("Kind people", parent_organization=whole_one)
    done = merge(kept=part, merged=whole_one, choices={}, by=None, at=AT)
    part.refresh_from_db()
    assert part.parent_organization is None
    separate(merge=done, by=None, at=LATER)
    part.refresh_from_db()
    assert part.parent_organization == whole_one


# ---- old addresses


def test_old_addresses_lead_to_the_kept_record_until_the_merge_is_undone(client: Client) -> None:
    kept, merged, done = one_merge()
    for name in ("service", "correct"):
        page = client.get(reverse(f"pages:{name}", args=[merged.pk]), {"list": "x"})
        assert (page.status_code, page.headers["Location"]) == (
            302,
            f"{reverse(f'pages:{name}', args=[kept.pk])}?list=x",
        )
    page = client.get(reverse("pages:organization", args=[merged.organization_id]))
    assert page.headers["Location"] == reverse("pages:organization", args=[kept.organization_id])
    separate(merge=done, by=None, at=LATER)
    assert client.get(reverse("pages:service", args=[merged.pk])).status_code == 200
    assert client.get(reverse("pages:organization", args=[merged.organization_id])).status_code == 200


def test_the_api_says_where_a_merged_service_went(client: Client) -> None:
    kept, merged, done = one_merge()
    answer = client.get(f"/api/v1/services/{merged.pk}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert answer.json()["merged_into"] == str(kept.pk)
    publishing.withdraw(services=[kept], reason="Closed.", by=None, at=LATER)
    answer = client.get(f"/api/v1/services/{merged.pk}/")
    assert answer.status_code == 410
    assert "merged_into" not in answer.json()
    separate(merge=done, by=None, at=LATER)
    assert client.get(f"/api/v1/services/{merged.pk}/").status_code == 200
