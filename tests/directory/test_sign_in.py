"""Who comes in to the desk, by which steps, for how long, and what is said to everyone else."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from resources.admin.sign_in.adapter import AccountAdapter
from resources.admin.sign_in.forms import code_of_step
from resources.admin.sign_in.urls import account
from resources.curation.accounts import role_of
from resources.models import Curator
from resources.vocabulary import Role
from tests.build import build_service
from tests.reading import text_of
from tests.resources.admin.desk import PHONE_KEY, build_curator, code_of, give_phone, sign_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("draws every page of sign-in"),
    pytest.mark.sqlite("passwords and codes are checked in Python; bin/try-deploy signs in on PostgreSQL"),
]

DESK = "/admin/"
LIST = "/admin/resources/service/"
SIGN_IN = "/admin/account/login/"
CODE = "/admin/account/2fa/authenticate/"
SET_UP = "/admin/account/2fa/totp/activate/"
PASSWORD = "a long enough word"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def ada(db: None) -> User:
    """A curator who has had a phone for long: some tests set the clock back."""
    user = build_curator()
    give_phone(user)
    Authenticator.objects.update(created_at=NOON - timedelta(days=90))
    return user


def give_password(client: Client, password: str = PASSWORD, *, name: str = "ada", **more: Any) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **more)


def give_code(client: Client, code: str) -> Any:
    return client.post(CODE, {"code": code})


def is_in(client: Client) -> bool:
    return bool(client.get(LIST).status_code == 200)


def recovery_codes(user: User) -> list[str]:
    found: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return found


# ---- the way in


def test_a_password_and_a_code_open_the_desk_where_one_wanted_to_go(client: Client, ada: User) -> None:
    answer = client.get(LIST, follow=True)
    assert answer.redirect_chain[-1][0] == f"{SIGN_IN}?next={LIST.replace('/', '%2F')}"
    wanted = {"login": "ada", "password": PASSWORD, "next": LIST}
    assert client.post(SIGN_IN, wanted)["Location"] == CODE
    assert not is_in(client)
    assert give_code(client, code_of())["Location"] == LIST
    assert is_in(client)


def test_nobody_is_led_to_another_site_by_signing_in(client: Client, ada: User) -> None:
    client.post(SIGN_IN, {"login": "ada", "password": PASSWORD, "next": "https://evil.example/"})
    assert give_code(client, code_of())["Location"] == DESK


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "another long word"),
        ("nobody", PASSWORD),
        ("ADA\N{COMBINING ACUTE ACCENT}", PASSWORD),
        ("visitor", PASSWORD),
        ("gone", PASSWORD),
    ],
    ids=["wrong password", "no such name", "a name that looks alike", "not staff", "disabled"],
)
def test_who_may_not_come_in_is_told_nothing_more(
    client: Client, ada: User, name: str, password: str
) -> None:
    User.objects.create_user("visitor", password=PASSWORD)
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    answer = give_password(client, password, name=name)
    assert answer.status_code == 200
    assert "Incorrect user name or password." in text_of(answer)
    assert f'value="{name}"' in answer.content.decode()
    assert not Session.objects.exists()


def test_the_sign_in_of_django_takes_no_password(client: Client, ada: User) -> None:
    answer = client.post("/admin/login/", {"username": "ada", "password": PASSWORD, "next": LIST})
    assert answer["Location"].startswith(SIGN_IN)
    assert not is_in(client)


def test_a_session_lasts_no_longer_than_the_browser_is_open(client: Client, ada: User) -> None:
    give_password(client)
    give_code(client, code_of())
    cookie = client.cookies["session"]
    assert (cookie["max-age"], cookie["expires"], bool(cookie["httponly"])) == ("", "", True)
    assert set(client.cookies) <= {"session", "csrf"}


def test_signing_out_ends_the_session_and_says_so(client: Client, ada: User) -> None:
    sign_in(client, ada)
    answer = client.post("/admin/logout/", follow=True)
    assert "You have signed out" in text_of(answer)
    assert not is_in(client)
    assert not Session.objects.exists()


def test_opening_the_address_of_signing_out_signs_nobody_out(client: Client, ada: User) -> None:
    sign_in(client, ada)
    assert client.get("/admin/logout/").status_code == 200
    assert is_in(client)


# ---- the second step


def test_an_account_without_a_phone_sets_one_up_before_anything_else(client: Client) -> None:
    ada = build_curator()
    give_password(client)
    service = build_service()
    for page in (
        DESK,
        LIST,
        "/admin/account/2fa/",
        "/admin/account/password/change/",
        "/admin/no-such-page/",
    ):
        assert client.get(page)["Location"].startswith(f"{SET_UP}?next="), page
    withdraw = reverse("admin:resources_service_withdraw", args=[service.pk])
    assert client.post(withdraw, {"reason": "Closed", "status": "defunct"}).status_code == 403
    key = client.get(SET_UP).context["form"].secret
    answer = client.post(SET_UP, {"code": code_of(key)}, follow=True)
    for code in recovery_codes(ada):
        assert code in answer.content.decode()
    assert len(recovery_codes(ada)) == 10
    assert is_in(client)


def test_the_page_one_wanted_is_kept_while_a_phone_is_set_up(client: Client) -> None:
    build_curator()
    client.post(SIGN_IN, {"login": "ada", "password": PASSWORD, "next": LIST})
    set_up = client.get(LIST).headers["Location"]
    key = client.get(set_up).context["form"].secret
    answer = client.post(set_up, {"code": code_of(key)}, follow=True)
    assert f'href="{LIST}"' in answer.content.decode()


def test_the_key_stands_in_the_page_as_a_drawing_and_as_text(client: Client) -> None:
    build_curator()
    give_password(client)
    answer = client.get(SET_UP)
    page = answer.content.decode()
    assert answer.context["form"].secret in text_of(answer)
    drawing = re.search(r'<div class="qr".*?</div>', page, re.DOTALL)
    assert drawing
    assert "<path" in drawing.group()
    assert "style=" not in page
    assert "data:image" not in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_session_from_before_the_second_step_was_set_up_is_ended_by_it(client: Client) -> None:
    thief = Client()
    ada = build_curator()
    give_password(thief)
    give_phone(ada)
    assert thief.get(LIST)["Location"].startswith(SIGN_IN)
    assert not is_in(thief)


def test_another_phone_ends_what_the_old_one_had_opened(client: Client, ada: User) -> None:
    other = sign_in(Client(), ada)
    sign_in(client, ada)
    client.post("/admin/account/reauthenticate/", {"password": PASSWORD})
    assert client.post("/admin/account/2fa/totp/deactivate/")["Location"] == SET_UP
    assert not is_in(client)
    key = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code_of(key)})
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(
    "code",
    [
        "000000",
        "",
        "١٢٣٤٥٦",
        "12345\x00",
        "9" * 10_000,
        code_of("ORSXG5DPN5XHS3DPNVSXE43PNVSXE43P", at=NOON),
        code_of(at=NOON - timedelta(minutes=5)),
        code_of(at=NOON + timedelta(minutes=5)),
    ],
    ids=["wrong", "none", "other digits", "nul", "long", "another's", "expired", "to come"],
)
def test_a_code_that_is_not_the_phones_own_opens_nothing(client: Client, ada: User, code: str) -> None:
    with time_machine.travel(NOON, tick=False):
        give_password(client)
        answer = give_code(client, code)
        assert answer.status_code == 200
        assert not is_in(client)


@pytest.mark.parametrize("in_the_same_process", [True, False], ids=["same process", "other process"])
def test_a_code_is_good_once(ada: User, in_the_same_process: bool) -> None:
    first, second = Client(), Client()
    with time_machine.travel(NOON, tick=False):
        for client in (first, second):
            give_password(client)
        give_code(first, code_of())
        if not in_the_same_process:
            cache.clear()
        answer = give_code(second, code_of())
        assert "Incorrect code." in text_of(answer)
        assert (is_in(first), is_in(second)) == (True, False)


def test_an_older_code_is_not_good_after_a_newer_one(ada: User) -> None:
    first, second = Client(), Client()
    with time_machine.travel(NOON, tick=False):
        for client in (first, second):
            give_password(client)
        give_code(first, code_of())
        give_code(second, code_of(at=NOON - timedelta(seconds=30)))
        assert (is_in(first), is_in(second)) == (True, False)


def test_the_code_of_setting_up_is_not_good_for_signing_in(client: Client) -> None:
    build_curator()
    with time_machine.travel(NOON, tick=False):
        give_password(client)
        key = client.get(SET_UP).context["form"].secret
        client.post(SET_UP, {"code": code_of(key)})
        second = Client()
        give_password(second)
        give_code(second, code_of(key))
        assert (is_in(client), is_in(second)) == (True, False)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 4226, appendix D: the first ten codes of its secret."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert " ".join(code_of_step(secret, step) for step in range(10)) == (
        "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
    )


def test_a_slow_hand_is_given_half_a_minute_more(client: Client, ada: User) -> None:
    with time_machine.travel(NOON, tick=False):
        give_password(client)
        give_code(client, code_of(at=NOON - timedelta(seconds=30)))
        assert is_in(client)


def test_a_recovery_code_opens_the_desk_once(client: Client) -> None:
    ada = build_curator()
    give_password(client)
    client.post(SET_UP, {"code": code_of(client.get(SET_UP).context["form"].secret)})
    code = recovery_codes(ada)[0]
    first, second = Client(), Client()
    for one in (first, second):
        give_password(one)
        give_code(one, code)
    assert (is_in(first), is_in(second)) == (True, False)
    assert code not in recovery_codes(ada)


def test_a_password_given_long_ago_is_asked_for_again_before_a_code_is_taken(
    client: Client, ada: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        give_password(client)
        clock.shift(timedelta(minutes=16))
        assert give_code(client, code_of())["Location"] == SIGN_IN
        assert not is_in(client)


@pytest.mark.parametrize("where", ["totp/deactivate/", "recovery-codes/generate/"])
def test_what_protects_the_account_is_changed_only_after_the_password_once_more(
    client: Client, ada: User, where: str
) -> None:
    sign_in(client, ada)
    address = f"/admin/account/2fa/{where}"
    for answer in (client.get(address), client.post(address)):
        assert answer["Location"].startswith("/admin/account/reauthenticate/?next=")
    assert Authenticator.objects.filter(user=ada, type="totp").exists()
    session_data = str([session.get_decoded() for session in Session.objects.all()])
    assert "127.0.0.1" not in session_data
    assert client.post("/admin/account/reauthenticate/", {"password": "not that one"}).status_code == 200
    assert client.get(address).status_code == 302
    client.post("/admin/account/reauthenticate/", {"password": PASSWORD})
    assert client.get(address).status_code == 200


# ---- guessing


def test_guessing_from_one_address_is_stopped_with_the_name_kept(client: Client, ada: User) -> None:
    for number in range(10):
        assert give_password(client, f"a wrong word {number}").status_code == 200
    answer = give_password(client)
    assert answer.status_code == 429
    assert "Too many attempts. Wait a few minutes, then try again." in text_of(answer)
    assert 'value="ada"' in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert client.get(CODE).status_code == 302


def test_the_right_person_comes_in_from_elsewhere_meanwhile(client: Client, ada: User) -> None:
    for number in range(11):
        give_password(client, f"a wrong word {number}", REMOTE_ADDR="203.0.113.9")
    assert give_password(client, REMOTE_ADDR="198.51.100.7")["Location"] == CODE


@pytest.mark.slow("signs in sixty times")
def test_guessing_at_one_account_from_many_addresses_is_stopped_too(client: Client, ada: User) -> None:
    for number in range(60):
        give_password(client, "a wrong word", REMOTE_ADDR=f"203.0.113.{number}")
    assert give_password(client, REMOTE_ADDR="198.51.100.7").status_code == 429
    assert give_password(client, name="grace", REMOTE_ADDR="198.51.100.7").status_code == 200


def test_after_a_while_one_may_try_again(client: Client, ada: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(11):
            give_password(client, f"a wrong word {number}")
        clock.shift(timedelta(minutes=6))
        assert give_password(client)["Location"] == CODE


def test_codes_are_not_tried_through(ada: User) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(10):
            one = Client(REMOTE_ADDR=f"203.0.113.{number}")
            give_password(one)
            assert give_code(one, f"00000{number}").status_code == 200
        late = Client(REMOTE_ADDR="198.51.100.7")
        give_password(late)
        answer = give_code(late, code_of())
        assert answer.status_code == 429
        assert "Too many attempts." in text_of(answer)
        assert not is_in(late)


def test_a_limit_on_a_whole_page_answers_in_words(client: Client, ada: User) -> None:
    sign_in(client, ada)
    answers = [client.post("/admin/account/password/change/", {}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Please wait a few minutes, then try again." in text_of(answers[-1])


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "counted"),
    [
        ([], "203.0.113.9", "", "203.0.113.9"),
        ([], "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (["10.0.0.1"], "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (["10.0.0.1"], "10.0.0.1", "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        (["10.0.0.1", "10.0.0.2"], "10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (["10.0.0.1"], "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        (["10.0.0.1"], "10.0.0.1", "unknown", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.1", "", "10.0.0.1"),
        ([], "", "", ""),
        ([], "", "198.51.100.7", ""),
    ],
    ids=[
        *("direct", "a stranger's word", "proxy", "forged", "two", "port", "no address", "silent", "socket"),
        "a stranger's word behind a socket",
    ],
)
def test_tries_are_counted_for_the_address_that_our_own_proxy_names(
    settings: Any, rf: RequestFactory, proxies: list[str], peer: str, forwarded: str, counted: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})
    assert AccountAdapter().get_client_ip(request) == counted


# ---- how long it lasts


@pytest.mark.parametrize(("minutes", "stays"), [(59, True), (60, False)])
def test_an_hour_without_a_click_ends_a_session(client: Client, ada: User, minutes: int, stays: bool) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, ada)
        assert is_in(client)
        clock.shift(timedelta(minutes=minutes))
        answer = client.get(LIST)
        assert (answer.status_code == 200) is stays
        if not stays:
            page = client.get(answer["Location"])
            assert "You were signed out after an hour without activity" in text_of(page)
            assert not Session.objects.exists()


@pytest.mark.slow("opens a page for each half hour")
def test_twelve_hours_end_a_session_that_is_in_use(client: Client, ada: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        give_password(client)
        give_code(client, code_of())
        for _ in range(24):
            assert is_in(client)
            clock.shift(timedelta(minutes=30))
        assert not is_in(client)


def test_what_is_sent_too_late_changes_nothing_and_says_so(client: Client, ada: User) -> None:
    service = build_service()
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, ada)
        clock.shift(timedelta(hours=2))
        withdraw = reverse("admin:resources_service_withdraw", args=[service.pk])
        answer = client.post(withdraw, {"reason": "Closed", "status": "defunct"})
    assert answer.status_code == 403
    assert "You may need to sign in" in text_of(answer)
    service.refresh_from_db()
    assert service.status == "active"


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}], ids=["disabled", "not staff"])
def test_closing_an_account_ends_its_sessions_for_good(
    client: Client, ada: User, change: dict[str, bool]
) -> None:
    sign_in(client, ada)
    assert is_in(client)
    User.objects.filter(pk=ada.pk).update(**change)
    assert not is_in(client)
    User.objects.filter(pk=ada.pk).update(is_active=True, is_staff=True)
    assert not is_in(client)


def test_a_new_password_ends_every_other_session(client: Client, ada: User) -> None:
    other = sign_in(Client(), ada)
    sign_in(client, ada)
    new = "quite another long word"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post("/admin/account/password/change/", sent, follow=True)
    assert "Your password was changed." in text_of(answer)
    assert (is_in(client), is_in(other)) == (True, False)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"oldpassword": "not that one"}, "That is not your current password."),
        ({"password2": "something else here"}, "You must type the same password each time."),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
    ],
    ids=["wrong now", "not the same", "short"],
)
def test_a_password_that_will_not_do_is_refused_in_words(
    client: Client, ada: User, sent: dict[str, str], message: str
) -> None:
    sign_in(client, ada)
    new = "quite another long word"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new} | sent
    assert message in text_of(client.post("/admin/account/password/change/", data))
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


# ---- visitors


@pytest.mark.parametrize("where", ["/", "/search/", "/urgent/", "/about/", "/no-such-page/"])
def test_visitors_are_not_looked_at(client: Client, ada: User, where: str) -> None:
    visitor = client.get(where)
    assert "Cookie" not in visitor.headers.get("Vary", "")
    assert not visitor.cookies
    curator = sign_in(Client(), ada).get(where)
    assert "Cookie" not in curator.headers.get("Vary", "")


def test_a_visitor_costs_the_database_no_question_about_sessions(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get("/about/")
    with django_assert_num_queries(0):
        client.get("/about/")


def test_looking_at_the_sign_in_page_starts_no_session(client: Client) -> None:
    client.get(SIGN_IN)
    assert set(client.cookies) <= {"csrf"}
    assert not Session.objects.exists()


# ---- what is closed, and what is sent wrong


@pytest.mark.parametrize("where", ["signup/", "inactive/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client: Client, where: str, method: str) -> None:
    sent = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD, "email": "eve@example.org"}
    answer = getattr(client, method)(f"/admin/account/{where}", sent)
    assert answer.status_code == 403
    assert "Only an administrator of this directory can create accounts" in text_of(answer)
    assert not User.objects.exists()


@pytest.mark.parametrize("where", ["email/", "social/", "password/set/", "2fa/webauthn/", "2fa/trust/"])
def test_what_is_not_offered_is_not_there(client: Client, where: str) -> None:
    assert client.get(f"/admin/account/{where}").status_code == 404


PAGES = [f"/admin/account/{path.pattern}" for path in account[:-1]]


@pytest.mark.slow("goes through every page in every state")
@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("who", ["nobody", "half-way", "without a phone", "signed in", "just asked"])
def test_no_page_of_signing_in_breaks(client: Client, where: str, who: str) -> None:
    ada = build_curator()
    if who != "without a phone":
        give_phone(ada)
    if who in ("half-way", "without a phone"):
        give_password(client)
    if who in ("signed in", "just asked"):
        sign_in(client, ada)
    if who == "just asked":
        client.post("/admin/account/reauthenticate/", {"password": PASSWORD})
    for sent in (
        {},
        {"code": "1\x00", "login": "\x00", "password": "\x00"},
        {"next": "//evil.example\x00"},
    ):
        for answer in (client.get(where, sent), client.post(where, sent)):
            assert answer.status_code in (200, 302, 403, 404, 405, 410, 429)
            assert urlsplit(answer.headers.get("Location", "")).netloc == ""


def test_markup_in_a_name_is_only_text(client: Client) -> None:
    answer = give_password(client, name='"><script>alert(1)</script>')
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    named = User.objects.create_user("<b>ada</b>", password=PASSWORD, is_staff=True, is_superuser=True)
    give_password(client, name="<b>ada</b>")
    assert "<b>ada</b>" not in client.get(SET_UP).content.decode()
    assert "<b>ada</b>" not in sign_in(client, named).get(DESK).content.decode()


@pytest.mark.parametrize("letters", [10_000, 1_000_000])
def test_a_very_long_password_is_only_wrong(client: Client, ada: User, letters: int) -> None:
    assert give_password(client, "x" * letters).status_code == 200


def test_a_form_from_another_site_signs_nobody_in(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert give_password(strict).status_code == 403


def test_the_keys_of_phones_are_no_page_of_the_desk(client: Client, ada: User) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    sign_in(client, root)
    page = client.get(f"/admin/mfa/authenticator/{Authenticator.objects.get(user=ada).pk}/change/")
    assert page.status_code == 404
    assert PHONE_KEY not in client.get(DESK).content.decode()


# ---- commands


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed when a password is asked for, in turn."""
    answers = [PASSWORD, PASSWORD]
    monkeypatch.setattr("getpass.getpass", lambda prompt: answers.pop(0))
    monkeypatch.setattr("builtins.input", lambda prompt: "grace")
    return answers


def test_make_curator_asks_and_makes_an_administrator(
    client: Client, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("make_curator")
    grace = Curator.objects.get().user
    assert (grace.username, grace.is_staff, grace.is_superuser) == ("grace", True, True)
    assert role_of(grace) == Role.ADMINISTRATOR
    assert "grace can now sign in at /admin/" in capsys.readouterr().out
    assert give_password(client, name="grace")["Location"] == DESK


def test_make_curator_without_asking_reads_the_password_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CURATOR_PASSWORD", PASSWORD)
    call_command("make_curator", "--username", "grace", "--no-input")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [
        ("grace", "", "Pass --username and set CURATOR_PASSWORD"),
        ("", PASSWORD, "Pass --username and set CURATOR_PASSWORD"),
        ("grace", "short", "This password is too short."),
        ("grace hopper", PASSWORD, "Enter a valid username."),
        ("ADA", PASSWORD, "There is already an account named “ADA”."),
        ("a" * 151, PASSWORD, "at most 150 characters"),
    ],
    ids=["no password", "no name", "short", "no name one can have", "taken", "long"],
)
def test_make_curator_refuses_in_words(
    ada: User, monkeypatch: pytest.MonkeyPatch, name: str, password: str, message: str
) -> None:
    monkeypatch.setenv("CURATOR_PASSWORD", password)
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("make_curator", "--username", name, "--no-input")
    assert list(User.objects.all()) == [ada]


def test_make_curator_refuses_two_passwords_that_differ(typed: list[str]) -> None:
    typed[1] = "quite another word"
    with pytest.raises(CommandError, match="passwords do not match"):
        call_command("make_curator")
    assert not User.objects.exists()


def test_reset_mfa_forgets_the_phone_and_signs_out(
    client: Client, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    half_way = Client()
    give_password(half_way)
    sign_in(client, ada)
    other = sign_in(Client(), build_curator("grace"))
    call_command("reset_mfa", "ada")
    assert not Authenticator.objects.filter(user=ada).exists()
    assert (is_in(client), is_in(other)) == (False, True)
    assert half_way.get(CODE)["Location"] == SIGN_IN
    assert "ada has been signed out and will set up a phone at the next sign-in." in capsys.readouterr().out
    give_password(client)
    assert client.get(DESK)["Location"].startswith(SET_UP)


def test_reset_mfa_says_when_there_is_no_such_account() -> None:
    with pytest.raises(CommandError, match="There is no account named “nobody”"):
        call_command("reset_mfa", "nobody")


def test_a_superuser_that_django_made_comes_in_as_well(client: Client) -> None:
    call_command("createsuperuser", "--username", "root", "--email", "", "--no-input", verbosity=0)
    root = User.objects.get()
    root.set_password(PASSWORD)
    root.save()
    give_phone(root)
    give_password(client, name="root")
    give_code(client, code_of())
    assert is_in(client)
