"""Possible duplicates in the admin: the list, two side by side, the merge and the way back; dead links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from resources.curation.duplicates import find_and_store
from resources.curation.links import GONE, Answer, record_answer
from resources.curation.merging import merge
from resources.models import Assurance, ContactCheck, DuplicatePair, Merge, Service
from resources.vocabulary import Decision, Outcome, Role, Status
from tests.build import build_location, build_organization, build_service
from tests.resources.admin.desk import build_curator, sign_in

pytestmark = pytest.mark.django_db

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)


def two() -> tuple[Service, Service]:
    place = build_location(address_1="1 Elm St", postal_code="75201")
    one = build_service("Angels Above", description="Ours", at=[place])
    other = build_service("Angels above", description="Theirs", at=[place])
    find_and_store(at=AT)
    return one, other


def page_of(kept: Service, merged: Service) -> str:
    return reverse("admin:resources_service_merge", args=[kept.pk, merged.pk])


def versions(*services: Service) -> dict[str, str]:
    return {
        f"read-{row.pk}": row.last_modified.isoformat()
        for row in Service.objects.filter(pk__in=[s.pk for s in services])
    }


def test_the_list_names_both_and_why(desk: Client) -> None:
    one, other = two()
    text = desk.get(reverse("admin:resources_duplicatepair_changelist")).content.decode()
    assert page_of(*sorted((one, other), key=lambda service: service.pk)) in text
    assert "nearly the same name" in text
    pair = DuplicatePair.objects.get()
    answer = desk.get(reverse("admin:resources_duplicatepair_change", args=[pair.pk]))
    assert answer.headers["Location"] in (page_of(one, other), page_of(other, one))


def test_two_are_compared_merged_part_by_part_and_separated_again(desk: Client) -> None:
    one, other = two()
    text = desk.get(page_of(one, other)).content.decode()
    assert 'name="choice-description" value="kept" checked' in text
    assert "Theirs" in text
    answer = desk.post(
        page_of(one, other),
        {"decision": "merge", "choice-description": "merged", "choice-name": "kept", **versions(one, other)},
    )
    done = Merge.objects.get()
    assert answer.headers["Location"] == reverse("admin:resources_merge_change", args=[done.pk])
    one.refresh_from_db()
    assert (one.name, one.description) == ("Angels Above", "Theirs")
    assert "Undo the merge" in desk.get(answer.headers["Location"]).content.decode()
    text = desk.post(answer.headers["Location"], {"undo": "yes"}, follow=True).content.decode()
    assert "two records again" in text
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.description, other.status) == ("Ours", Status.ACTIVE)


def test_organizations_are_compared_merged_and_separated_on_the_same_pages(desk: Client) -> None:
    site = "https://kind.example/"
    one, other = (build_organization(name, website=site) for name in ("Kind People", "Kind people"))
    services = [build_service(organization=organization) for organization in (one, other)]
    find_and_store(at=AT)
    page = reverse("admin:resources_organization_merge", args=[one.pk, other.pk])
    assert page in desk.get(reverse("admin:resources_organization_change", args=[one.pk])).content.decode()
    assert "Possible duplicate organizations: 1" in desk.get(reverse("admin:index")).content.decode()
    text = desk.get(page).content.decode()
    assert 'name="choice-name" value="kept" checked' in text
    form = {f"read-{row.pk}": row.last_modified.isoformat() for row in (one, other)}
    answer = desk.post(page, {"decision": "merge", "choice-name": "merged", **form}, follow=True)
    assert "Undo the merge" in answer.content.decode()
    assert set(Service.objects.values_list("organization__name", flat=True)) == {"Kind people"}
    undone = desk.post(answer.redirect_chain[-1][0], {"undo": "yes"}, follow=True)
    assert "two records again" in undone.content.decode()
    assert [service.organization for service in Service.objects.order_by("pk")] == [
        service.organization for service in sorted(services, key=lambda service: service.pk)
    ]


def test_not_the_same_is_remembered(desk: Client) -> None:
    one, other = two()
    desk.post(page_of(one, other), {"decision": "different"})
    find_and_store(at=AT)
    assert DuplicatePair.objects.get().decision == Decision.DECLINED


@pytest.mark.parametrize(
    "fields", [{}, {"decision": "nonsense"}, {"decision": "merge"}, {"decision": "merge", "read-x": "y"}]
)
def test_a_form_that_says_nothing_useful_merges_nothing(desk: Client, fields: dict[str, str]) -> None:
    one, other = two()
    assert desk.post(page_of(one, other), fields).status_code == 200
    assert not Merge.objects.exists()


def test_two_curators_on_one_merge(desk: Client, chief: Client) -> None:
    one, other = two()
    form = {"decision": "merge", **versions(one, other)}
    assert desk.post(page_of(one, other), form).status_code == 302
    text = chief.post(page_of(one, other), form).content.decode()
    assert "was merged into" in text
    assert Merge.objects.count() == 1


def test_what_does_not_exist_is_not_found(desk: Client) -> None:
    one, _other = two()
    assert desk.get(page_of(one, Service())).status_code == 404
    assert desk.get(page_of(one, one)).status_code == 404


def test_a_viewer_looks_and_may_not_merge() -> None:
    one, other = two()
    viewer = sign_in(Client(), build_curator("vera", Role.VIEWER))
    assert ">Merge<" not in viewer.get(page_of(one, other)).content.decode()
    form = {"decision": "merge", **versions(one, other)}
    assert viewer.post(page_of(one, other), form).status_code == 403
    done = merge(kept=one, merged=other, choices={}, by=None, at=AT)
    undo = reverse("admin:resources_merge_change", args=[done.pk])
    assert viewer.post(undo, {"undo": "yes"}).status_code == 403


def test_somebody_who_types_a_service_that_is_here_is_told(desk: Client) -> None:
    here = build_service("Angels Above", url="https://example.org/angels")
    typed = {"name": "Angels Abvoe", "phones-0-number": "(214) 555-0100", "url": "example.org/angels"}
    answer = desk.post(reverse("admin:resources_service_card_of_new"), typed).json()
    assert "Angels Above" in answer["alike"]
    assert str(here.pk) in answer["alike"]
    own = desk.post(reverse("admin:resources_service_card", args=[here.pk]), typed).json()
    assert own["alike"] == ""
    by_name = desk.post(reverse("admin:resources_service_card_of_new"), {"name": "angels above"}).json()
    assert str(here.pk) in by_name["alike"]
    other = {"name": "A quiet circle", "phones-0-number": "not a number"}
    assert desk.post(reverse("admin:resources_service_card_of_new"), other).json()["alike"] == ""


# ---- dead links, calls and activity


def test_a_dead_link_is_one_task_that_a_person_can_answer(desk: Client) -> None:
    owner = build_organization(website="https://dead.example/")
    services = [build_service(organization=owner) for _number in range(2)]
    for days in (0, 4, 8):
        record_answer("https://dead.example/", Answer(GONE, 404), at=AT + timedelta(days=days))
    check = ContactCheck.objects.get()
    page = reverse("admin:resources_contactcheck_change", args=[check.pk])
    assert page in desk.get(reverse("admin:index")).content.decode()
    text = desk.get(page).content.decode()
    assert "The page does not exist (404)." in text
    assert all(service.name in text for service in services)
    desk.post(page, {"right": "yes"})
    assert page not in desk.get(reverse("admin:index")).content.decode()


def test_the_last_attempts_stand_beside_a_number(desk: Client, curator: Any) -> None:
    service = build_service("Angels Above")
    for number, note in enumerate(("oldest", "older", "old", "newest")):
        at = datetime.now(UTC) - timedelta(days=30 - number)
        Assurance.objects.create(
            service=service, outcome=Outcome.NO_ANSWER, made_at=at, by=curator, note=note
        )
    text = desk.get(reverse("admin:index")).content.decode()
    assert text.index("newest") < text.index("older")
    assert "oldest" not in text
    assert "Call script" in text


def test_everybodys_changes_are_one_list(desk: Client, chief: Client) -> None:
    one, _other = two()
    for client in (desk, chief):
        client.post(reverse("admin:resources_service_found", args=[one.pk, "right"]), {"learned": "phone"})
    text = desk.get(reverse("admin:resources_activity")).content.decode()
    assert "ada" in text
    assert "grace" in text
    assert desk.get(reverse("admin:resources_activity"), {"page": "x"}).status_code == 200
