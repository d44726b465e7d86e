"""Mail: sent over SMTP to the server of EMAIL_URL, which may be away or slow."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.mail import get_connection, send_mail
from django.core.mail.backends.base import BaseEmailBackend

from directory import env
from tests.mail_server import mail_server

ROOT = Path(__file__).resolve().parents[2]


def backend(monkeypatch: pytest.MonkeyPatch, url: str, timeout: float | None = None) -> BaseEmailBackend:
    """Return Django's mail backend for this EMAIL_URL, made as the settings make it."""
    monkeypatch.setenv("EMAIL_URL", url)
    email = env.read_email_server("EMAIL_URL", default="")
    connection: BaseEmailBackend = get_connection(
        email["EMAIL_BACKEND"],
        host=email["EMAIL_HOST"],
        port=email["EMAIL_PORT"],
        timeout=timeout or email["EMAIL_TIMEOUT"],
    )
    return connection


def test_a_message_goes_out_in_a_real_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        sent = send_mail(
            "Is this still right?",
            "Grüße,\n.a line that begins with a dot",
            "directory@example.org",
            ["ann@example.org"],
            connection=backend(monkeypatch, server.url),
        )
    verbs = [command.split()[0].upper() for command in server.commands]
    assert (sent, verbs) == (1, ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])
    (message,) = server.messages
    assert (message["From"], message["To"]) == ("directory@example.org", "ann@example.org")
    assert message.get_content().splitlines() == ["Grüße,", ".a line that begins with a dot"]


def test_a_server_that_is_down_slow_or_refuses_is_an_error_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All of these are OSError, which is what a sender catches.
    with mail_server() as gone:
        pass
    with pytest.raises(ConnectionRefusedError):
        send_mail("a", "b", "c@d.org", ["e@f.org"], connection=backend(monkeypatch, gone.url))
    with mail_server(wait=1) as slow, pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send_mail("a", "b", "c@d.org", ["e@f.org"], connection=backend(monkeypatch, slow.url, timeout=0.2))
    with mail_server(refuse=True) as refusing, pytest.raises(smtplib.SMTPRecipientsRefused):
        send_mail("a", "b", "c@d.org", ["e@f.org"], connection=backend(monkeypatch, refusing.url))


def test_a_wrong_mail_server_stops_the_program_in_one_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "EMAIL_URL": "smtp+tls://ann:hunter2@mail.example:587/inbox"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert "EMAIL_URL has something after the mail server: use smtp+tls://user" in last
    assert "hunter2" not in run.stderr
