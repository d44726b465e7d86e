"""The canary: whoever tells us something leaves nothing of their address, anywhere; and a way to answer them
stands in one table, and nowhere once it is decided."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from resources.curation.contributions import accept_correction, decline, purge
from resources.http.throttling import contributions
from resources.models import Correction, ReplyAddress, Service, Suggestion
from tests.build import build_service
from tests.canary import ADDRESSES, AGENT, FORWARDED, FORWARDED_6, PEER, assert_nowhere, log, visitor

__all__ = ["log", "visitor"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow("sends forms through a crash and a dead database"),
]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CONTACT = "canary-contact@example.org"
WORD = "canaryword"  # what a refused form held


def tell_by_page(visitor: Client, address: str, clock: Any, **told: str) -> int:
    page = visitor.get(address).content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    clock.shift(timedelta(minutes=1))
    answer = visitor.post(address, {"stamp": found[1] if found else "", **told})
    assert not answer.cookies
    return answer.status_code


def tell_by_api(visitor: Client, address: str, **told: str) -> int:
    answer = visitor.post(f"/api/v1/{address}/", json.dumps(told), content_type="application/json")
    return answer.status_code


def tell_everything(visitor: Client, service: Service, clock: Any) -> list[int]:
    correct = f"/services/{service.pk}/correct/"
    return [
        tell_by_page(visitor, "/suggest/", clock, name="Butterfly room", contact=CONTACT),
        tell_by_page(visitor, correct, clock, description="New words", contact=CONTACT),
        tell_by_api(visitor, "suggestions", name="Butterfly room", contact=CONTACT),
        tell_by_api(visitor, "corrections", service=str(service.pk), note="Thanks", contact=CONTACT),
    ]


def tell_badly(visitor: Client, service: Service, clock: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Malformed, too long, refused, too often, and through a crash and a full disk."""
    correct = f"/services/{service.pk}/correct/"
    answers = [
        tell_by_page(visitor, "/suggest/", clock, name=f"<b>{WORD}</b>", contact=CONTACT),
        tell_by_page(visitor, correct, clock, stamp="forged", note=WORD, contact=CONTACT),
        tell_by_page(visitor, "/suggest/", clock, name=WORD, subject=WORD, contact=CONTACT),
        tell_by_page(visitor, "/suggest/", clock, name=WORD, note="x" * 70_000),
        tell_by_api(visitor, "suggestions", name=f"{WORD}\0", contact=CONTACT),
        visitor.post("/suggest/", b"--x\r\n" + WORD.encode(), "multipart/form-data; boundary=x").status_code,
        visitor.post("/api/v1/suggestions/", WORD, "application/json").status_code,
        visitor.post("/suggest/", {"name": WORD}, headers={"Origin": "https://other.example"}).status_code,
        visitor.get(f"/suggest/{WORD}/").status_code,
    ]
    for error in (RuntimeError, OperationalError):
        with monkeypatch.context() as patch:

            def crash(*_: Any, error: Any = error, **__: Any) -> None:
                raise error(f"{WORD} {CONTACT} {PEER} {FORWARDED} {FORWARDED_6}")

            patch.setattr("django.db.models.Model.save", crash)
            answers += [
                tell_by_page(visitor, "/suggest/", clock, name=WORD, contact=CONTACT),
                tell_by_api(visitor, "suggestions", name=WORD, contact=CONTACT),
            ]
    contributions.acquire("", per_address=1, total=10**6)
    with monkeypatch.context() as patch:
        patch.setattr(settings, "CONTRIBUTIONS_PER_HOUR", 0)
        answers += [
            tell_by_page(visitor, "/suggest/", clock, name=WORD, contact=CONTACT),
            tell_by_api(visitor, "suggestions", name=WORD, contact=CONTACT),
        ]
    return answers


def test_nothing_of_the_address_is_anywhere_and_the_contact_only_until_it_is_decided(
    visitor: Client,
    log: StringIO,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # a file that somebody wrote by a bare name lands there
    service = build_service("Evening circle", description="Old words", areas=["US"])
    with time_machine.travel(NOW, tick=False) as clock:
        assert tell_everything(visitor, service, clock) == [303, 303, 201, 201]
        answers = tell_badly(visitor, service, clock, monkeypatch)
    assert answers == [422, 422, 422, 413, 400, *answers[5:6], 400, 403, 404, 500, 500, 503, 503, 429, 429]
    assert answers[5] in (400, 422)
    assert "RuntimeError" in log.getvalue()
    assert_nowhere((*ADDRESSES, AGENT, WORD), log, tmp_path)
    assert ReplyAddress.objects.filter(address=CONTACT).count() == 4
    assert_nowhere((CONTACT,), log, tmp_path, but_in=ReplyAddress)

    correction = Correction.objects.get(proposed__has_key="description")
    values = {"description": "New words"}
    accept_correction(correction=correction, values=values, by=None, at=NOW)
    decline(contribution=Correction.objects.get(note="Thanks"), by=None, at=NOW)
    decline(contribution=Suggestion.objects.order_by("pk")[0], by=None, at=NOW)
    assert ReplyAddress.objects.filter(address=CONTACT).count() == 1
    purge(at=NOW + timedelta(days=31))
    assert_nowhere((*ADDRESSES, AGENT, WORD, CONTACT), log, tmp_path)
    written = "".join(capfd.readouterr())
    assert [word for word in (*ADDRESSES, AGENT, WORD, CONTACT) if word in written] == []


def test_the_canary_would_be_heard(log: StringIO, tmp_path: Path) -> None:
    """What the other test looks through is where things are written to."""
    build_service("Evening circle", description=f"They said {PEER}")
    with pytest.raises(AssertionError, match=re.escape(PEER)):
        assert_nowhere((PEER,), log, tmp_path)
    Service.objects.all().delete()
    assert_nowhere((PEER,), log, tmp_path)
    logging.getLogger("resources").warning("asked by %s", PEER)
    with pytest.raises(AssertionError, match=re.escape(PEER)):
        assert_nowhere((PEER,), log, tmp_path)
