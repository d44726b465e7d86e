"""The canary: what a visitor asked, about which place and from where is at rest nowhere."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client

from resources.models import Service
from tests.build import DALLAS, build_cost, build_service
from tests.canary import ADDRESSES, AGENT, FORWARDED, FORWARDED_6, PEER, assert_nowhere, log, visitor
from tests.world import build_places

__all__ = ["log", "visitor"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow("asks every address, five ways")]
WORD, PLACE, POINT, INCOME = "canaryword", "Canaryville", "32.91,-96.63", "7654321"
ASKED = {"q": WORD, "near": PLACE}
WORDS = (*ADDRESSES, AGENT, WORD, PLACE, POINT, "32.91", INCOME)


@pytest.fixture
def clinic() -> Service:
    build_places()
    clinic = build_service("Riverside clinic", kind="clinic", fit="general", at=[DALLAS])
    build_cost(clinic, "sliding_scale")
    Service.objects.filter(pk=clinic.pk).update(fee_rule="health_center")
    return clinic


def questions(service: Service) -> list[tuple[str, dict[str, str]]]:
    """Every address of the public that takes a question, well asked and badly."""
    record = f"/services/{service.pk}/"
    pages = ["/", "/search/", "/search/calendar.ics", "/handout/", "/browse/us/", "/shortlist/", record]
    pages += ["/urgent/", "/after/", "/after/costs/", "/calls/", "/about/", "/privacy/", "/accessibility/"]
    pages += [f"/organizations/{service.organization_id}/", f"{record}calendar.ics", f"{record}correct/"]
    machines = ["/api/v1/listings/", "/api/v1/meetings/", "/api/v1/places/", "/api/v1/words/"]
    ways = [
        ASKED,
        {"q": WORD, "near": POINT},
        {"near": POINT, "q": f"{WORD}\0"},
        {WORD: PLACE},
        {"kind": WORD, "cost": WORD, "day": WORD, "page": WORD, "list": WORD, "id": WORD, "country": WORD},
    ]
    lost = [f"/browse/{WORD}/", f"/browse/us/{WORD}/", f"/after/{WORD}/", f"/{WORD}/", f"/api/v1/{WORD}/"]
    return [(page, way) for page in (*pages, *machines) for way in ways] + [(page, ASKED) for page in lost]


def ask_well(visitor: Client, service: Service) -> list[int]:
    """What is understood and answered: around a point, and about an income."""
    estimate = {"service": str(service.pk), "household_size": 3, "income": INCOME}
    answers = [
        *(visitor.get(page, {"near": POINT}) for page in ("/search/", "/handout/", "/api/v1/listings/")),
        visitor.post(f"/services/{service.pk}/fees/", {"household_size": "3", "income": INCOME}),
        visitor.post("/api/v1/fee-estimate/", json.dumps(estimate), content_type="application/json"),
    ]
    assert not any(answer.cookies for answer in answers)
    return [answer.status_code for answer in answers]


def ask_everything(visitor: Client, service: Service) -> set[int]:
    answers = [visitor.get(page, way) for page, way in questions(service)]
    answers += [
        visitor.get(f"/search/?q={WORD}%ff&near=%ff{PLACE}"),
        visitor.get(
            "/search/", {**ASKED, "as": "csv"}, headers={"referer": f"https://other.example/?q={WORD}"}
        ),
        visitor.post("/search/", ASKED),
        visitor.post(f"/services/{service.pk}/fees/", {"household_size": WORD, "income": f"{INCOME} {WORD}"}),
    ]
    assert not any(answer.cookies for answer in answers)
    return {answer.status_code for answer in answers}


def test_what_was_asked_and_by_whom_is_at_rest_nowhere(
    visitor: Client,
    clinic: Service,
    log: StringIO,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # a file that somebody wrote by a bare name lands there
    assert ask_well(visitor, clinic) == [200, 200, 200, 200, 200]
    assert ask_everything(visitor, clinic) == {200, 400, 404, 405, 422}
    for error, status in ((RuntimeError, 500), (OperationalError, 503)):
        with monkeypatch.context() as patch:

            def crash(*_: Any, error: Any = error, **__: Any) -> None:
                raise error(f"{WORD} {PLACE} {PEER} {FORWARDED} {FORWARDED_6}")

            patch.setattr("resources.search.filters.search_listings", crash)
            for address in ("/search/", "/api/v1/listings/"):
                assert visitor.get(address, {"q": WORD, "near": POINT}).status_code == status
    assert "RuntimeError" in log.getvalue()
    assert mail.outbox == []
    assert_nowhere(WORDS, log, tmp_path)
    written = "".join(capfd.readouterr())
    assert [word for word in WORDS if word in written] == []
