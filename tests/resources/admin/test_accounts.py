"""Accounts: who signs in and what they may, as administrators say it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from resources.curation import accounts
from resources.curation.accounts import CannotChangeAccount, Rights, rights_of
from resources.curation.permissions import NotAllowed
from resources.models import Curator
from resources.vocabulary import Role
from tests.build import build_location, build_organization, build_service
from tests.resources.admin.desk import build_curator, errors_of, messages_of, read_form, sign_in

pytestmark = pytest.mark.django_db

LIST = reverse("admin:auth_user_changelist")
ADD = reverse("admin:auth_user_add")
PASSWORD = "correct horse battery staple"


def record_url(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


@pytest.fixture
def mary(db: None) -> User:
    return build_curator("mary", Role.ADMINISTRATOR)


@pytest.fixture
def office(mary: User) -> Client:
    """An administrator, signed in."""
    return sign_in(Client(), mary)


def change(office: Client, user: User, **changed: Any) -> Any:
    return office.post(record_url(user), {**read_form(office, record_url(user)), **changed}, follow=True)


def make(office: Client, **given: Any) -> Any:
    defaults = {"username": "wil", "role": "editor", "password1": PASSWORD, "password2": PASSWORD}
    return office.post(ADD, {**read_form(office, ADD), **defaults, **given})


# ---- a new account


def test_an_account_is_made_with_its_role_its_limits_and_a_password_typed_twice(office: Client) -> None:
    build_service(at=[build_location()])
    organization = build_organization()
    answer = make(
        office,
        first_name="Wil",
        regions=["US-TX"],
        other_regions="England, nz",
        organizations=[str(organization.pk)],
        edits_wait="on",
    )
    assert errors_of(answer) == {}
    wil = User.objects.get(username="wil")
    assert (wil.is_active, wil.is_staff, wil.is_superuser) == (True, True, False)
    assert wil.check_password(PASSWORD)
    assert (accounts.role_of(wil), wil.curator.edits_wait) == (Role.EDITOR, True)
    assert wil.curator.regions == ["GB-ENG", "NZ", "US-TX"]
    assert list(wil.curator.organizations.all()) == [organization]


@pytest.mark.parametrize(
    ("given", "box", "sentence"),
    [
        ({"password2": "another password"}, "password2", "not the same"),
        ({"password1": "short", "password2": "short"}, "password1", "too short"),
        ({"password1": "password1234", "password2": "password1234"}, "password1", "too common"),
        ({"password1": "", "password2": ""}, "email", "or a password"),
        ({"username": "MARY"}, "username", "already an account"),
        ({"username": "<b>"}, "username", ""),
        ({"username": ""}, "username", "required"),
        ({"username": "x" * 151}, "username", "150"),
        ({"role": "chief"}, "role", "chief"),
        ({"regions": ["US-XX"]}, "regions", "US-XX"),
        ({"other_regions": "Atlantis"}, "other_regions", "do not recognize the region"),
        ({"other_regions": "US-ZZ"}, "other_regions", "do not recognize the region"),
        ({"other_regions": "WA"}, "other_regions", "do not recognize the region"),
        ({"organizations": ["x"]}, "organizations", "Select a valid record"),
    ],
    ids=[
        *("another password", "short", "common", "none", "taken", "markup", "no name", "long name"),
        *("no role", "unknown key", "no such place", "no such state", "two of that name", "no id"),
    ],
)
def test_what_will_not_do_is_said_beside_its_box(
    office: Client, given: dict[str, Any], box: str, sentence: str
) -> None:
    answer = make(office, **given)
    assert sentence in " ".join(errors_of(answer)[box])
    assert not User.objects.exclude(username="mary").exists()


def test_a_refused_form_keeps_what_was_typed(office: Client) -> None:
    page = make(office, password2="another password", first_name="Wilhelmina", role="reviewer")
    shown = page.content.decode()
    assert 'value="Wilhelmina"' in shown
    assert page.context["adminform"].form["role"].value() == "reviewer"
    assert PASSWORD not in shown


def test_the_address_people_remember_leads_to_the_list(office: Client) -> None:
    assert office.get("/admin/accounts/", follow=True).redirect_chain == [(LIST, 302)]


# ---- changing one


def test_a_role_is_changed_and_the_history_says_so_in_words(office: Client, mary: User) -> None:
    ada = build_curator("ada")
    change(office, ada, role="reviewer")
    assert accounts.role_of(ada) == Role.REVIEWER
    entry = LogEntry.objects.get(object_id=str(ada.pk))
    assert (entry.user, entry.get_change_message()) == (mary, "Role: Editor, now Reviewer.")
    assert "Role: Editor, now Reviewer." in office.get(f"{record_url(ada)[:-7]}history/").content.decode()


def test_limits_are_told_by_their_names(office: Client) -> None:
    ada = build_curator("ada")
    change(office, ada, other_regions="US-TX", organizations=[str(build_organization("Ours").pk)])
    message = LogEntry.objects.get(object_id=str(ada.pk)).get_change_message()
    assert message == "Regions: Texas, United States. Organizations: Ours."


def test_a_new_password_is_set_and_is_in_no_history(office: Client) -> None:
    ada = build_curator("ada")
    change(office, ada, password1=PASSWORD, password2=PASSWORD)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert LogEntry.objects.get(object_id=str(ada.pk)).get_change_message() == "A new password."


def test_without_a_new_password_the_old_one_stays(office: Client) -> None:
    ada = build_curator("ada")
    change(office, ada, first_name="Ada")
    ada.refresh_from_db()
    assert ada.check_password("a long enough word")
    assert ada.first_name == "Ada"


def test_a_closed_account_is_signed_out_everywhere_and_stays_out_when_it_is_opened(office: Client) -> None:
    ada = build_curator("ada")
    desk = sign_in(Client(), ada)
    assert desk.get(reverse("admin:index")).status_code == 200
    change(office, ada, is_active="")
    change(office, User.objects.get(pk=ada.pk), is_active="on")
    assert desk.get(reverse("admin:index")).status_code == 302


def test_an_account_that_loses_its_role_may_nothing_and_is_signed_out(office: Client) -> None:
    ada = build_curator("ada")
    sign_in(Client(), ada)
    change(office, ada, role="")
    ada.refresh_from_db()
    assert not ada.is_staff
    assert not Curator.objects.filter(user=ada).exists()
    assert Session.objects.count() == 1


def test_a_superuser_who_is_made_an_editor_is_one(office: Client) -> None:
    root = User.objects.create_superuser("root", password="a long enough word")
    change(office, root, role="editor")
    root.refresh_from_db()
    assert (root.is_superuser, root.is_staff, accounts.role_of(root)) == (False, True, Role.EDITOR)


# ---- what nobody may do to themselves, or to the last administrator


@pytest.mark.parametrize(
    "changed",
    [{"role": "editor"}, {"role": ""}, {"is_active": ""}, {"edits_wait": "on"}, {"other_regions": "US"}],
    ids=["another role", "no role", "closed", "waiting", "regions"],
)
def test_nobody_changes_what_their_own_account_may_do(
    office: Client, mary: User, changed: dict[str, str]
) -> None:
    build_curator("grace", Role.ADMINISTRATOR)
    before = rights_of(mary)
    change(office, mary, **changed)
    assert rights_of(mary) == before


def test_one_s_own_name_is_changed_on_the_page_and_one_s_password_is_not(office: Client, mary: User) -> None:
    change(office, mary, first_name="Mary", password1=PASSWORD, password2=PASSWORD)
    mary.refresh_from_db()
    assert mary.first_name == "Mary"
    assert not mary.check_password(PASSWORD)


OWN = [
    Rights(role=Role.EDITOR),
    Rights(role=None),
    Rights(role=Role.ADMINISTRATOR, active=False),
    Rights(role=Role.ADMINISTRATOR, edits_wait=True),
]


@pytest.mark.parametrize("rights", OWN, ids=["lower", "none", "closed", "waiting"])
def test_the_verb_refuses_it_too(mary: User, rights: Rights) -> None:
    build_curator("grace", Role.ADMINISTRATOR)
    with pytest.raises(CannotChangeAccount):
        accounts.save_account(user=mary, rights=rights, by=mary)
    with pytest.raises(CannotChangeAccount):
        accounts.save_account(user=mary, rights=rights_of(mary), by=mary, password=PASSWORD)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.REVIEWER], ids=lambda role: role.value)
def test_nobody_raises_themselves_and_no_lower_role_touches_an_account(mary: User, role: Role) -> None:
    user = build_curator("ada", role)
    for whose in (user, mary):
        with pytest.raises(NotAllowed):
            accounts.save_account(user=whose, rights=Rights(role=Role.ADMINISTRATOR), by=user)


@pytest.mark.parametrize("rights", OWN[:3], ids=["lower", "none", "closed"])
def test_the_last_administrator_stays(mary: User, rights: Rights) -> None:
    """By the operator at the machine, who is nobody's self. A closed administrator does not count."""
    build_curator("old", Role.ADMINISTRATOR)
    User.objects.filter(username="old").update(is_active=False)
    with pytest.raises(CannotChangeAccount, match="only administrator"):
        accounts.save_account(user=mary, rights=rights, by=None)
    build_curator("grace", Role.ADMINISTRATOR)
    accounts.save_account(user=mary, rights=rights, by=None)


def test_the_verb_refuses_a_region_that_is_none(mary: User) -> None:
    with pytest.raises(ValidationError):
        accounts.save_account(
            user=User(username="x"), rights=Rights(role=Role.EDITOR, regions=frozenset({"TX"})), by=mary
        )


def test_no_account_is_ever_deleted(office: Client) -> None:
    ada = build_curator("ada")
    assert office.post(reverse("admin:auth_user_delete", args=[ada.pk]), {"post": "yes"}).status_code == 403
    office.post(LIST, {"action": "delete_selected", "_selected_action": [str(ada.pk)], "post": "yes"})
    root = sign_in(Client(), User.objects.create_superuser("root", password="a long enough word"))
    assert root.post(reverse("admin:auth_user_delete", args=[ada.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ada.pk).exists()


def test_flags_groups_and_permissions_of_django_are_neither_shown_nor_taken(office: Client) -> None:
    ada = build_curator("ada")
    page = office.get(record_url(ada)).content.decode()
    for name in ("is_superuser", "is_staff", "groups", "user_permissions"):
        assert f'name="{name}"' not in page
    change(office, ada, is_superuser="on", is_staff="", user_permissions=["1"], groups=["1"])
    ada.refresh_from_db()
    assert (ada.is_superuser, ada.is_staff, ada.user_permissions.count()) == (False, True, 0)
    assert "/admin/auth/group/" not in office.get(reverse("admin:everything")).content.decode()


# ---- the second step


def test_a_lost_phone_is_forgotten_and_the_account_signed_out(office: Client, mary: User) -> None:
    ada = build_curator("ada")
    desk = sign_in(Client(), ada)
    reset = reverse("admin:auth_user_reset_two_step", args=[ada.pk])
    assert reset in office.get(record_url(ada)).content.decode()
    assert office.get(reset).status_code == 302
    assert Authenticator.objects.filter(user=ada).exists()
    assert "sets up a phone" in messages_of(office.post(reset, follow=True))
    assert not Authenticator.objects.filter(user=ada).exists()
    assert desk.get(reverse("admin:index")).status_code == 302
    assert "Not set up yet" in office.get(record_url(ada)).content.decode()
    assert LogEntry.objects.get(object_id=str(ada.pk)).user == mary


def test_one_s_own_second_step_is_not_reset_here(office: Client, mary: User) -> None:
    office.post(reverse("admin:auth_user_reset_two_step", args=[mary.pk]))
    assert Authenticator.objects.filter(user=mary).exists()


# ---- the list


@pytest.mark.parametrize("number", [1, 40], ids=str)
def test_the_list_asks_the_database_as_often_for_1_account_as_for_40(
    office: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, user, second step, permissions, two counts, the accounts, their groups and organizations."""
    organization = build_organization("Ours")
    for each in range(number):
        build_curator(f"c{each}", regions=["US-TX"]).curator.organizations.add(organization)
    with django_assert_num_queries(9):
        page = office.get(LIST).content.decode()
    assert "Texas, United States; Ours" in page


@pytest.mark.parametrize(
    ("role", "expected"),
    [("editor", ["ada"]), ("administrator", ["mary"]), ("none", ["new"]), ("x", ["ada", "mary", "new"])],
    ids=["editor", "administrator", "none", "nonsense"],
)
def test_accounts_are_narrowed_by_role(office: Client, role: str, expected: list[str]) -> None:
    build_curator("ada")
    User.objects.create_user("new", password="a long enough word", is_staff=True)
    page = office.get(LIST, {"role": role})
    assert [user.username for user in page.context["cl"].queryset] == expected


# ---- regions


def test_the_page_offers_the_regions_of_the_catalogue_by_country() -> None:
    build_service(at=[build_location()], areas=["GB-ENG", "US:75201", "US-NY/kings", "*"])
    build_location(country="IE", region="Dublin")
    assert accounts.listed_regions() == ["US", "US-NY", "US-TX", "GB", "GB-ENG", "IE"]


@pytest.mark.parametrize("parameter", ["password", "password__startswith", "password__regex"])
def test_no_list_is_narrowed_by_how_a_password_is_kept(office: Client, mary: User, parameter: str) -> None:
    assert office.get(LIST, {parameter: mary.password}).status_code == 400


@pytest.mark.parametrize(
    ("role", "expected"), [("administrator", ["mary", "root", "rose"]), ("editor", ["ada"]), ("none", [])]
)
def test_a_superuser_is_found_as_the_administrator_that_the_list_calls_them(
    office: Client, role: str, expected: list[str]
) -> None:
    build_curator("ada")
    User.objects.create_superuser("root", password=PASSWORD)
    User.objects.filter(pk=build_curator("rose").pk).update(is_superuser=True)
    page = office.get(LIST, {"role": role})
    assert [user.username for user in page.context["cl"].queryset] == expected
