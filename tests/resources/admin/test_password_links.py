"""Links by email that set a password: invitations and forgotten passwords, the second step still asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from resources.curation import accounts, password_links
from resources.curation.accounts import Rights
from resources.curation.permissions import NotAllowed
from resources.models import PasswordLink
from resources.vocabulary import Role
from tests.mail_server import MailServer, mail_server
from tests.reading import text_of
from tests.resources.admin.desk import (
    build_curator,
    code_of,
    errors_of,
    give_phone,
    messages_of,
    read_form,
    sign_in,
)

pytestmark = pytest.mark.django_db

ADD = reverse("admin:auth_user_add")
FORGOTTEN = "/admin/account/password/reset/"
SIGN_IN = "/admin/account/login/"
SET_UP = "/admin/account/2fa/totp/activate/"
PASSWORD = "correct horse battery staple"
INVITED = {"username": "wil", "email": "wil@example.org", "role": "editor", "other_regions": "US-TX"}


def use_server(settings: Any, server: MailServer, *, timeout: float = 5) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, timeout


def office() -> Client:
    return sign_in(Client(), build_curator("mary", Role.ADMINISTRATOR))


def invite(client: Client, **changed: str) -> Any:
    return client.post(ADD, {**read_form(client, ADD), **INVITED, **changed}, follow=True)


def link_in(text: object) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(\S+\?token=\S+)", str(text))
    assert found, text
    return found[1]


def choose(client: Client, link: str, password: str = PASSWORD) -> Any:
    """Open a link as a browser does, and type a password twice."""
    page = client.get(link)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"new_password1": password, "new_password2": password})


def build_invited(**rights: Any) -> tuple[User, str]:
    """Return an invited account and its link."""
    user = User(username="wil", email="wil@example.org")
    accounts.save_account(user=user, rights=Rights(role=Role.EDITOR, **rights), by=None)
    password_links.request_link(user=user, by=None, at=datetime.now(UTC))
    return user, link_in(password_links.link_url(user))


def build_member() -> User:
    """Return an account with password, phone and email address."""
    ada = build_curator("ada")
    User.objects.filter(pk=ada.pk).update(email="Ada@example.org")
    give_phone(ada)
    return User.objects.get(pk=ada.pk)


# ---- invitations


@pytest.mark.django_db(transaction=True)
def test_an_invited_curator_chooses_a_password_sets_up_a_phone_and_is_in(settings: Any) -> None:
    client = office()
    with mail_server() as server:
        use_server(settings, server)
        answer = invite(client)
    assert "A link was sent to wil@example.org." in messages_of(answer)
    verbs = [command.split()[0].upper() for command in server.commands]
    assert verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    (message,) = server.messages
    assert (message["To"], message["Auto-Submitted"]) == ("wil@example.org", "auto-generated")
    text = message.get_content()
    assert "Your user name: wil" in text
    assert "works once, for 7 days" in text
    wil = User.objects.get(username="wil")
    assert (wil.has_usable_password(), wil.is_staff, wil.curator.regions) == (False, True, ["US-TX"])

    link, newcomer = link_in(text), Client()
    page = newcomer.get(link)
    assert page["Location"] == urlsplit(link).path, "the token does not stay in the address"
    form = newcomer.get(page["Location"])
    assert ("no-store" in form["Cache-Control"], form["Referrer-Policy"]) == (True, "same-origin")
    assert "Your user name is wil" in text_of(form)
    assert "too short" in text_of(choose(newcomer, link, "short"))
    assert choose(newcomer, link)["Location"] == f"{SIGN_IN}?why=password"
    assert newcomer.get(reverse("admin:index"))["Location"].startswith("/admin/login/"), "not signed in"
    newcomer.post(SIGN_IN, {"login": "wil", "password": PASSWORD})
    assert newcomer.get(reverse("admin:index"))["Location"].startswith(SET_UP)
    assert choose(Client(), link).status_code == 410
    told = [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=str(wil.pk))]
    assert "A password was chosen by the emailed link." in told


@pytest.mark.django_db(transaction=True)
def test_while_the_mail_server_is_down_or_slow_nothing_is_lost(settings: Any) -> None:
    client = office()
    with mail_server(wait=1) as slow:
        use_server(settings, slow, timeout=0.2)
        answer = invite(client)
    assert "could not be sent yet" in messages_of(answer)
    wil = User.objects.get(username="wil")
    page = client.get(reverse("admin:auth_user_change", args=[wil.pk]))
    assert "Waits to be sent" in text_of(page)
    use_server(settings, slow)  # it is down by now
    send = reverse("admin:auth_user_send_link", args=[wil.pk])
    assert "could not be sent yet" in messages_of(client.post(send, follow=True))
    now = datetime.now(UTC)
    assert password_links.send_waiting_links(at=now) == {"sent": 0, "failed": 0}, "not at once again"
    with mail_server() as server:
        use_server(settings, server)
        later = now + password_links.RETRY_AFTER
        assert password_links.send_waiting_links(at=later) == {"sent": 1, "failed": 0}
        assert password_links.send_waiting_links(at=later) == {"sent": 0, "failed": 0}
    assert choose(Client(), link_in(server.messages[0].get_content())).status_code == 302
    assert not password_links.is_link_waiting()


@pytest.mark.django_db(transaction=True)
def test_without_a_mail_server_the_administrator_is_told_where_the_link_is(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    client = office()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "No mail server is set (EMAIL_URL)" in messages_of(invite(client))
    assert choose(Client(), link_in(capsys.readouterr().out)).status_code == 302


def close(user: User) -> None:
    accounts.save_account(user=user, rights=Rights(active=False, role=Role.EDITOR), by=None)


def close_and_open(user: User) -> None:
    close(user)
    accounts.save_account(user=user, rights=Rights(role=Role.EDITOR), by=None)


def move(user: User) -> None:
    user.email = "other@example.org"
    accounts.save_account(user=user, rights=Rights(role=Role.EDITOR), by=None)


def send_again(user: User) -> None:
    password_links.request_link(user=user, by=None, at=datetime.now(UTC))


def forged(link: str) -> str:
    return link[:-4] + ("aaaa" if link[-4:] != "aaaa" else "bbbb")


@pytest.mark.parametrize(
    ("meanwhile", "opened"),
    [
        (close, str),
        (close_and_open, str),
        (move, str),
        (send_again, str),
        (lambda user: password_links.withdraw_link(user=user, by=None), str),
        (lambda user: None, forged),
        (lambda user: None, lambda link: link.replace("token=", "token=x")),
        (lambda user: None, lambda link: link.partition("?")[0]),
        (lambda user: None, lambda link: "/admin/account/password/choose/bm9uZQ/?token=a-b"),
        (lambda user: None, lambda link: "/admin/account/password/choose/%00/?token=set-password"),
    ],
    ids=[
        *("closed", "closed and opened", "another address", "sent again", "withdrawn"),
        *("forged", "damaged", "no token", "nobody's", "nul"),
    ],
)
def test_a_link_that_has_ended_or_is_none_sets_nothing(
    meanwhile: Callable[[User], Any], opened: Callable[[str], str]
) -> None:
    user, link = build_invited()
    meanwhile(user)
    answer = choose(Client(), opened(link))
    assert answer.status_code == 410
    assert "This link does not work" in text_of(answer)
    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_a_link_ends_while_its_page_is_open() -> None:
    user, link = build_invited()
    client, other = Client(), Client()
    page = client.get(link)["Location"]
    assert client.get(page).status_code == 200
    assert choose(other, link, "another long password").status_code == 302
    typed = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(page, typed).status_code == 410
    assert User.objects.get(pk=user.pk).check_password("another long password")


def test_an_invitation_is_late_after_a_week_and_can_be_asked_for_again() -> None:
    _user, link = build_invited()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, minutes=1), tick=False):
        assert choose(Client(), link).status_code == 410
        Client().post(FORGOTTEN, {"email": "wil@example.org"})
        password_links.send_waiting_links(at=datetime.now(UTC))
        assert "you are invited" in mail.outbox[0].body
        assert choose(Client(), link_in(mail.outbox[0].body)).status_code == 302


def test_an_administrator_sees_sends_and_withdraws_links_and_nobody_else_does() -> None:
    client, (user, link) = office(), build_invited()
    for view in ("send_link", "withdraw_link"):
        assert (
            sign_in(Client(), build_curator(view))
            .post(reverse(f"admin:auth_user_{view}", args=[user.pk]))
            .status_code
            == 403
        )
    with pytest.raises(NotAllowed):
        password_links.request_link(user=user, by=build_curator("eve"), at=datetime.now(UTC))
    PasswordLink.objects.update(mailed_at=datetime.now(UTC))
    page = client.get(reverse("admin:auth_user_change", args=[user.pk]))
    assert "valid until" in text_of(page)
    assert "Send the invitation again" in text_of(page)
    assert "Invited" in text_of(client.get(reverse("admin:auth_user_changelist")))
    answer = client.post(reverse("admin:auth_user_withdraw_link", args=[user.pk]), follow=True)
    assert "does not work any more" in messages_of(answer)
    assert choose(Client(), link).status_code == 410
    close(user)
    refused = client.post(reverse("admin:auth_user_send_link", args=[user.pk]), follow=True)
    assert "cannot sign in" in messages_of(refused)


@pytest.mark.parametrize(
    ("given", "box"),
    [
        ({"email": "MARY@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b.org\nBcc: c@d.org"}, "email"),
        ({"email": ""}, "email"),
    ],
    ids=["another's", "none", "a header", "neither address nor password"],
)
def test_an_address_that_will_not_do_is_said_at_its_box(given: dict[str, str], box: str) -> None:
    client = office()
    User.objects.filter(username="mary").update(email="mary@example.org")
    assert box in errors_of(invite(client, **given))
    assert not User.objects.filter(username="wil").exists()


# ---- a forgotten password


def test_the_answer_is_the_same_whether_an_account_has_the_address_or_not() -> None:
    build_member()
    User.objects.create_user("gone", "gone@example.org", PASSWORD, is_staff=True, is_active=False)
    pages = set()
    for address in ("ada@example.org", "nobody@example.org", "gone@example.org"):
        answer = Client().post(FORGOTTEN, {"email": address}, follow=True)
        assert answer.redirect_chain == [(f"{FORGOTTEN}sent/", 302)]
        pages.add(answer.content)
    assert len(pages) == 1
    assert [link.user.username for link in PasswordLink.objects.all()] == ["ada"]


def test_a_new_password_still_needs_the_phone_and_signs_everyone_out() -> None:
    ada = build_member()
    elsewhere = sign_in(Client(), ada)
    Client().post(FORGOTTEN, {"email": "ada@EXAMPLE.org"})
    assert password_links.send_waiting_links(at=datetime.now(UTC)) == {"sent": 1, "failed": 0}
    (message,) = mail.outbox
    assert (message.to, "works once, for 1 day." in message.body) == (["Ada@example.org"], True)
    link, client = link_in(message.body), Client()
    assert choose(client, link).status_code == 302
    assert elsewhere.get(reverse("admin:index")).status_code == 302
    answer = client.post(SIGN_IN, {"login": "ada", "password": PASSWORD})
    assert answer["Location"] == "/admin/account/2fa/authenticate/"
    assert client.get(reverse("admin:index")).status_code == 302
    client.post(answer["Location"], {"code": code_of()})
    assert client.get(reverse("admin:index")).status_code == 200
    assert Authenticator.objects.filter(user=ada).exists()
    assert choose(Client(), link).status_code == 410


def test_a_link_for_a_forgotten_password_lasts_a_day_and_one_is_sent_in_five_minutes() -> None:
    ada, now = build_member(), datetime.now(UTC)
    for minutes in (0, 1, 4):
        password_links.request_reset(address="ada@example.org", at=now + timedelta(minutes=minutes))
        password_links.send_waiting_links(at=now + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert choose(Client(), link_in(mail.outbox[0].body)).status_code == 410
    password_links.request_reset(address="ada@example.org", at=now + timedelta(minutes=5))
    assert password_links.send_waiting_links(at=now + timedelta(days=2)) == {"sent": 0, "failed": 0}
    assert not PasswordLink.objects.filter(user=ada).exists(), "too late to be of use"


def test_asking_too_often_is_refused_for_known_and_unknown_addresses_alike() -> None:
    build_member()
    for address in ("ada@example.org", "nobody@example.org"):
        answers = [Client().post(FORGOTTEN, {"email": address}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
        assert "Too many attempts." in text_of(answers[-1])
