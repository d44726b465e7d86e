"""Who may do what to which record: the rules themselves, before any page or verb asks them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from pytest_django import DjangoAssertNumQueries

from resources.curation import permissions, publishing
from resources.curation.permissions import UNREVIEWED_ACTIONS, Action, NotAllowed
from resources.models import (
    Correction,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Suggestion,
)
from resources.vocabulary import Role, Status
from tests.build import build_location, build_organization, build_pending_edit, build_service, build_term
from tests.resources.admin.desk import build_curator

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("who may do what is decided in Python; test_roles asks the verbs on both"),
]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW_YORK: dict[str, Any] = {"city": "New York", "region": "NY"}


def of_organization(*organizations: Organization, name: str = "olga", **fields: Any) -> User:
    user = build_curator(name, Role.EDITOR, **fields)
    user.curator.organizations.set(organizations)
    return user


def again(user: User) -> User:
    """As with the next request."""
    return User.objects.get(pk=user.pk)


# ---- roles

MINIMUM_ROLE = {
    **dict.fromkeys((Action.VIEW, Action.EXPORT), Role.VIEWER),
    **dict.fromkeys((Action.CLAIM, Action.EDIT, Action.ASSURE, Action.DECIDE, Action.PUBLISH), Role.EDITOR),
    **dict.fromkeys((Action.WITHDRAW, Action.TAG, Action.RESTORE), Role.EDITOR),
    **dict.fromkeys((Action.APPROVE, Action.DEFINE, Action.IMPORT, Action.REMOVE), Role.REVIEWER),
    Action.MANAGE: Role.ADMINISTRATOR,
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("action", list(Action))
def test_each_role_may_what_the_one_before_may_and_more(role: str, action: Action) -> None:
    least = MINIMUM_ROLE[action]
    assert permissions.can(build_curator("ada", role), action) is (Role(role).number >= least.number)


@pytest.mark.parametrize("action", list(Action))
def test_an_account_without_a_role_may_nothing(action: Action) -> None:
    account = User.objects.create_user("new", password="a long enough word", is_staff=True)
    assert not permissions.can(account, action)
    with pytest.raises(NotAllowed):
        permissions.require_permission(account, action)


@pytest.mark.parametrize("action", list(Action))
def test_whoever_is_not_signed_in_may_nothing(action: Action) -> None:
    nobody: Any = AnonymousUser()
    assert not permissions.can(nobody, action)


@pytest.mark.parametrize("closed", ["is_active", "is_staff"])
@pytest.mark.parametrize("is_superuser", [False, True], ids=["administrator", "superuser"])
def test_a_closed_account_may_nothing(closed: str, is_superuser: bool) -> None:
    user = build_curator("ada", Role.ADMINISTRATOR)
    user.is_superuser = is_superuser
    setattr(user, closed, False)
    assert not any(permissions.can(user, action) for action in Action)


@pytest.mark.slow("tries every action")
def test_a_superuser_without_a_role_and_the_operator_may_all() -> None:
    chief = User.objects.create_superuser("root", password="a long enough word")
    assert all(permissions.can(chief, action, build_service()) for action in Action)
    assert all(permissions.can(None, action, build_service()) for action in Action)


def test_a_permission_that_no_group_gives_opens_nothing() -> None:
    account = User.objects.create_user("old", password="a long enough word", is_staff=True)
    account.user_permissions.set(Permission.objects.all())
    account = again(account)
    for name in ("view_service", "change_service", "add_service"):
        assert not account.has_perm(f"resources.{name}")
    assert not account.has_module_perms("resources")
    assert not account.has_perm("auth.change_user")
    account.groups.set([Group.objects.get(name=Role.EDITOR)])
    assert again(account).has_perm("resources.change_service")
    assert not again(account).has_perm("auth.change_user")


def test_django_is_asked_by_the_names_of_its_permissions_and_answers_within_the_limits() -> None:
    here, elsewhere = build_service(at=[build_location()]), build_service(at=[build_location(**NEW_YORK)])
    editor = build_curator("tex", regions=["US-TX"])
    for name in ("change_service", "publish_service", "assure_service"):
        assert editor.has_perm(f"resources.{name}")
        assert editor.has_perm(f"resources.{name}", here)
        assert not editor.has_perm(f"resources.{name}", elsewhere)
    assert editor.has_perm("resources.view_service", elsewhere)
    assert not build_curator("wil", edits_wait=True).has_perm("resources.publish_service")


def test_a_migration_makes_the_groups_and_gives_them_their_permissions_again() -> None:
    Group.objects.get(name=Role.VIEWER).delete()
    Group.objects.get(name=Role.EDITOR).permissions.clear()
    permissions.make_groups()
    numbers = [Group.objects.get(name=role).permissions.count() for role in Role]
    assert numbers == sorted(set(numbers))  # each holds more than the one before
    assert again(build_curator("ada")).has_perm("resources.change_service")


# ---- limits: services


def test_an_editor_with_neither_regions_nor_organizations_is_not_limited() -> None:
    assert permissions.can(build_curator("ada"), Action.EDIT, build_service())
    assert not permissions.is_limited(build_curator("eve"))


@pytest.mark.parametrize(
    ("regions", "made", "covered"),
    [
        (["US-TX"], {"at": ["dallas"]}, True),
        (["US"], {"at": ["dallas"]}, True),
        (["US-OK"], {"at": ["dallas"]}, False),
        (["US-OK", "US-TX"], {"at": ["dallas"]}, True),
        (["GB"], {"at": ["dallas"]}, False),
        (["US-TX"], {"areas": ["US-TX"]}, True),
        (["US-TX"], {"areas": ["US-TX/dallas"]}, True),
        (["US"], {"areas": ["US-TX"]}, True),
        (["US"], {"areas": ["US:75201"]}, True),
        (["US-TX"], {"areas": ["US"]}, False),
        (["US-T"], {"areas": ["US-TX"]}, False),
        (["US-TX"], {"areas": ["*"]}, False),
        (["US-TX"], {}, False),
        (["GB-ENG"], {"areas": ["GB-ENG"]}, True),
        (["GB-ENG"], {"areas": ["GB-SCT"]}, False),
    ],
    ids=lambda value: str(value).replace(" ", ""),
)
def test_a_region_holds_what_is_there_and_what_serves_just_there(
    regions: list[str], made: dict[str, Any], covered: bool
) -> None:
    service = build_service(**{**made, "at": [build_location() for _ in made.get("at", ())]})
    editor = build_curator("tex", regions=regions)
    assert permissions.can(editor, Action.EDIT, service) is covered
    assert permissions.in_scope(editor, Service.objects.all()).exists() is covered
    assert permissions.allowed_ids(editor, Action.EDIT, [service]) == ({service.pk} if covered else set())


def test_regions_and_organizations_add_up() -> None:
    ours = build_service(organization=build_organization("Ours"))
    there = build_service(at=[build_location()])
    elsewhere = build_service(at=[build_location(**NEW_YORK)])
    editor = of_organization(ours.organization, regions=["US-TX"])
    assert [permissions.can(editor, Action.EDIT, each) for each in (ours, there, elsewhere)] == [
        True,
        True,
        False,
    ]


def test_limits_are_those_of_an_editor_and_of_nobody_else() -> None:
    service = build_service(at=[build_location()])
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        assert permissions.can(build_curator(role.value, role, regions=["GB"]), Action.WITHDRAW, service)
    limited_superuser = build_curator("root", regions=["GB"])
    limited_superuser.is_superuser = True
    assert permissions.can(limited_superuser, Action.WITHDRAW, service)


def test_everybody_sees_and_exports_everything() -> None:
    service = build_service(at=[build_location()])
    editor = build_curator("eng", regions=["GB-ENG"])
    assert permissions.can(editor, Action.VIEW, service)
    assert permissions.can(editor, Action.EXPORT, service)


def test_a_service_is_found_once_however_many_curators_its_organization_has() -> None:
    service = build_service(at=[build_location(), build_location()])
    first = of_organization(service.organization, regions=["US-TX"])
    of_organization(service.organization, name="two")
    of_organization(service.organization, name="three")
    for model in (Service, Organization, Location):
        rows = permissions.in_scope(first, model._default_manager.all())
        found = list(rows.values_list("pk", flat=True))
        assert len(found) == len(set(found))
    assert permissions.in_scope(first, Service.objects.all()).count() == 1


# ---- limits: organizations, places and what hangs on a service


def test_an_organization_is_within_a_region_as_long_as_it_gives_nothing_elsewhere() -> None:
    editor = build_curator("tex", regions=["US-TX"])
    organization = build_organization()
    assert permissions.can(editor, Action.EDIT, organization)
    build_service(organization=organization, at=[build_location()])
    assert permissions.can(editor, Action.EDIT, organization)
    build_service(organization=organization, at=[build_location(**NEW_YORK)])
    assert not permissions.can(editor, Action.EDIT, organization)


def test_an_editor_of_an_organization_edits_it_and_no_other() -> None:
    ours, theirs = build_organization("Ours"), build_organization("Theirs")
    editor = of_organization(ours)
    assert permissions.can(editor, Action.EDIT, ours)
    assert not permissions.can(editor, Action.EDIT, theirs)


def test_a_place_is_edited_by_those_of_its_region_its_organization_or_who_alone_use_it() -> None:
    ours, theirs = build_organization("Ours"), build_organization("Theirs")
    texan, olga = build_curator("tex", regions=["US-TX"]), of_organization(ours)
    nobodys = build_location()
    ours_alone = build_location(**NEW_YORK)
    build_service(organization=ours, at=[ours_alone])
    shared = build_location(**NEW_YORK)
    build_service(organization=ours, at=[shared])
    build_service(organization=theirs, at=[shared])
    owned = build_location(organization=ours, **NEW_YORK)
    build_service(organization=theirs, at=[owned])
    of_others = build_location(organization=theirs, **NEW_YORK)
    places = (nobodys, ours_alone, shared, owned, of_others)
    assert [permissions.can(olga, Action.EDIT, place) for place in places] == [True, True, False, True, False]
    assert [permissions.can(texan, Action.EDIT, place) for place in places] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_place_of_a_service_and_a_correction_go_by_their_service() -> None:
    service = build_service(at=[build_location()])
    there = ServiceAtLocation.objects.get(service=service)
    correction = Correction.objects.create(service=service, received_at=NOW)
    texan, briton = build_curator("tex", regions=["US-TX"]), build_curator("eng", regions=["GB"])
    for record, action in ((there, Action.EDIT), (correction, Action.DECIDE)):
        assert permissions.can(texan, action, record)
        assert not permissions.can(briton, action, record)


@pytest.mark.parametrize(
    ("regions", "country", "may"),
    [(["US-TX"], "US", True), (["US-TX"], "GB", False), (["US-TX"], "", True), ([], "US", False)],
    ids=["the same country", "another country", "no country said", "of an organization"],
)
def test_a_suggestion_is_decided_by_editors_of_its_country_and_not_of_one_organization(
    regions: list[str], country: str, may: bool
) -> None:
    suggestion = Suggestion.objects.create(proposed={"name": "New", "country": country}, received_at=NOW)
    editor = of_organization(build_organization(), regions=regions)
    assert permissions.can(editor, Action.DECIDE, suggestion) is may


def test_nobody_approves_what_they_wrote_themselves() -> None:
    grace, mary = build_curator("grace", Role.REVIEWER), build_curator("mary", Role.ADMINISTRATOR)
    service = build_service()
    edit = build_pending_edit(service, by=grace, at=NOW)
    assert not permissions.can(grace, Action.APPROVE, edit)
    assert permissions.can(mary, Action.APPROVE, edit)
    assert permissions.allowed_ids(grace, Action.APPROVE, [edit]) == set()


# ---- edits that wait


@pytest.mark.parametrize("action", sorted(UNREVIEWED_ACTIONS))
def test_whose_edits_wait_changes_nothing_that_visitors_read_at_once(action: Action) -> None:
    assert not permissions.can(build_curator("wil", edits_wait=True), action)
    assert permissions.can(build_curator("grace", Role.REVIEWER, edits_wait=True), action)


def test_an_edit_waits_where_visitors_see_the_record() -> None:
    shown, hidden = build_service(at=[build_location()]), build_service(status=Status.INACTIVE)
    wil, ada = build_curator("wil", edits_wait=True), build_curator("ada")
    there = ServiceAtLocation.objects.get(service=shown)
    for record in (shown, shown.organization, there, there.location):
        assert permissions.needs_review(wil, record)
        assert not permissions.needs_review(ada, record)
    for unseen in (hidden, hidden.organization, build_term("Grief")):
        assert not permissions.needs_review(wil, unseen)


def test_the_verbs_refuse_an_edit_that_is_to_wait() -> None:
    wil = build_curator("wil", edits_wait=True)
    shown, hidden = build_service(at=[build_location()]), build_service(status=Status.INACTIVE)
    publishing.finish_edit(records=[hidden], by=wil, at=NOW)
    place = shown.service_at_locations.get().location
    with pytest.raises(NotAllowed, match="need a reviewer’s approval"):
        publishing.finish_edit(records=[shown], by=wil, at=NOW)
    with pytest.raises(NotAllowed, match="need a reviewer’s approval"):
        publishing.finish_edit(records=[shown.organization], by=wil, at=NOW)
    with pytest.raises(NotAllowed, match="need a reviewer’s approval"):
        publishing.finish_edit(records=[place], by=wil, at=NOW)


# ---- many at once


def test_one_of_many_that_is_outside_refuses_all_and_is_named() -> None:
    inside = [build_service(f"In {number}", at=[build_location()]) for number in range(3)]
    outside = [build_service(f"Out {number}", at=[build_location(**NEW_YORK)]) for number in range(7)]
    editor = build_curator("tex", regions=["US-TX"])
    with pytest.raises(NotAllowed) as refused:
        permissions.require_permission(editor, Action.WITHDRAW, [*inside, *outside])
    assert str(refused.value).endswith("to Out 0, Out 1, Out 2, Out 3, Out 4 and 2 more.")
    with pytest.raises(NotAllowed):
        publishing.withdraw(services=[*inside, outside[0]], reason="Closed", by=editor, at=NOW)
    assert not Service.objects.exclude(status=Status.ACTIVE).exists()
    assert permissions.allowed_ids(editor, Action.WITHDRAW, [*inside, *outside]) == {
        service.pk for service in inside
    }


@pytest.mark.parametrize("number", [1, 50, 501], ids=str)
def test_limits_are_asked_once_for_many_records(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for so many services (500 at a time). The role and the limits were asked with the request."""
    dallas = build_location()
    organization = build_organization()
    services = Service.objects.bulk_create(
        Service(name=f"Group {each}", organization=organization, kind="support_group")
        for each in range(number)
    )
    ServiceAtLocation.objects.bulk_create(
        ServiceAtLocation(service=service, location=dallas) for service in services
    )
    editor = again(build_curator("tex", regions=["US-TX"]))
    with django_assert_num_queries(2):
        assert permissions.is_limited(editor)
    with django_assert_num_queries(1 + number // 501):
        permissions.require_permission(editor, Action.WITHDRAW, services)
    with django_assert_num_queries(1 + number // 501):
        assert len(permissions.allowed_ids(editor, Action.CLAIM, services)) == number


@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.REVIEWER, Role.ADMINISTRATOR], ids=lambda role: role.value
)
def test_whoever_is_not_limited_costs_one_query_for_the_role(
    role: Role, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services = [build_service() for _ in range(3)]
    user = again(build_curator("ada", role))
    with django_assert_num_queries(1):
        for service in services:
            permissions.can(user, Action.WITHDRAW, service)
            permissions.needs_review(user, service)


def test_an_account_without_a_role_is_asked_about_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    account = again(User.objects.create_user("new", password="a long enough word", is_staff=True))
    with django_assert_num_queries(1):
        for action in Action:
            permissions.can(account, action)


def test_every_action_has_its_least_role() -> None:
    assert set(MINIMUM_ROLE) == set(Action)


def test_a_role_taken_away_counts_with_the_next_request() -> None:
    user = build_curator("ada")
    assert permissions.can(user, Action.EDIT)
    user.groups.set([Group.objects.get(name=Role.VIEWER)])
    assert not permissions.can(again(user), Action.EDIT)
