"""Urgent help: one's own country first, how old a number is, who reviewed it. No database, a frozen clock."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import checks
from django.test import Client
from django.utils.html import escape

from resources.pages.content import read_data
from resources.pages.urgent import SIGNS, STALE_AFTER_DAYS, old_numbers, urgent_context
from tests.reading import page

READ_ON = date(2026, 11, 23)  # what the file says of every number


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("UTC")), tick=False) as clock:
        yield clock


@pytest.fixture
def visitor(clock: time_machine.Traveller, visitor: Client) -> Client:
    return visitor


@pytest.mark.parametrize("address", ["/urgent/?country=GB", "/urgent/?country=gb"])
def test_the_country_that_was_chosen_stands_first_and_the_others_stay(visitor: Client, address: str) -> None:
    found = page(visitor, address)
    assert found.index('href="tel:999"') < found.index('id="signs"') < found.index('id="countries"')
    assert found.index('id="signs"') < found.index('href="tel:911"')
    sections = found[found.index('id="countries"') :]
    assert sections.count('<section id="') == 6
    assert sections.index('<section id="gb"') < sections.index('<section id="us"')
    assert 'href="?country=US"' in found
    assert 'href="?country=GB"' not in found


@pytest.mark.parametrize(
    "address", ["/urgent/", "/urgent/?country=", "/urgent/?country=FR", "/urgent/?country=%00&country=x"]
)
def test_without_a_country_that_we_know_every_emergency_number_leads(visitor: Client, address: str) -> None:
    found = page(visitor, address)
    before = found[: found.index('id="signs"')]
    assert all(f'href="tel:{number}"' in before for number in ("911", "999", "112", "000", "111"))
    assert before.count('href="?country=') == 6


def test_a_line_that_reads_texts_is_one_press_away(visitor: Client) -> None:
    found = page(visitor, "/urgent/")
    numbers = [number for country in read_data("urgent.json")["countries"] for number in country["numbers"]]
    lines = [number for number in numbers if "sms" in number]
    assert {line["sms"] for line in lines} >= {"741741", "988", "85258", "50808", "0477 13 11 14", "1737"}
    for line in lines:
        assert line["sms"] in line["text"], line["what"]
        assert f'href="sms:{line["sms"].replace(" ", "")}"' in found


@pytest.mark.parametrize("address", ["/urgent/", "/urgent/?country=GB"])
def test_what_is_to_be_done_is_short_and_every_source_is_further_down(visitor: Client, address: str) -> None:
    first, sources = page(visitor, address).split('id="sources"')
    document = read_data("urgent.json")
    signs = [sign for name in SIGNS for sign in document[name]]
    assert "We read a saved copy on" not in first
    assert sources.count("We read a saved copy on") == sum(
        len(country["numbers"]) for country in document["countries"]
    )
    for sign in signs:
        assert escape(sign["sign"]) in first
        assert f'{escape(sign["sign"])} <a class="source" href="{escape(sign["source"])}"' in sources


def test_the_country_is_not_guessed_from_what_the_browser_says(visitor: Client) -> None:
    british = visitor.get("/urgent/", headers={"accept-language": "en-GB"}, REMOTE_ADDR="81.2.69.142")
    assert british.content.decode() == page(visitor, "/urgent/")


def test_thoughts_of_harm_have_a_card_with_the_chosen_country_open(visitor: Client) -> None:
    found = page(visitor, "/urgent/?country=NZ")
    card = found[found.index('id="harm"') : found.index('id="sources"')]
    assert "1737" in card
    assert "<details" not in card


def test_a_country_without_a_nurse_line_says_so(visitor: Client) -> None:
    assert "We know of no such line in this country." in page(visitor, "/urgent/?country=US")
    assert "We know of no such line in this country." not in page(visitor, "/urgent/?country=CA")


def test_a_number_that_nobody_looked_at_for_90_days_says_so(
    visitor: Client, clock: time_machine.Traveller
) -> None:
    assert "We last looked" not in page(visitor, "/urgent/")
    clock.move_to(datetime(2027, 3, 1, 12, tzinfo=ZoneInfo("UTC")))
    assert "We last looked 98 days ago. It may have changed." in page(visitor, "/urgent/")


@pytest.mark.parametrize(("days", "old"), [(STALE_AFTER_DAYS, False), (STALE_AFTER_DAYS + 1, True)])
def test_a_number_is_old_after_90_days(days: int, old: bool) -> None:
    assert bool(old_numbers(date.fromordinal(READ_ON.toordinal() + days))) is old


def test_a_number_that_was_dialled_is_as_fresh_as_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    dialled = {
        "country": "GB",
        "role": "emergency",
        "number": "999",
        "source_seen_on": READ_ON,
        "checked_on": date(2027, 2, 20),
    }
    document = {"countries": [{"code": "GB", "numbers": [dialled]}]}
    monkeypatch.setattr("resources.pages.urgent.read_data", lambda name: document)
    assert old_numbers(date(2027, 3, 1)) == []
    assert old_numbers(date(2027, 6, 1)) == ["GB 999"]


def test_the_operator_is_told_of_old_numbers_and_no_build_is_stopped(
    clock: time_machine.Traveller,
) -> None:
    def warnings() -> list[checks.CheckMessage]:
        return checks.run_checks(tags=["urgent"], include_deployment_checks=True)

    assert warnings() == []
    clock.move_to(datetime(2030, 1, 1, tzinfo=ZoneInfo("UTC")))
    (message,) = warnings()
    assert message.id == "directory.I001"
    assert message.level < checks.WARNING
    assert "GB 999" in message.msg


@pytest.mark.parametrize("address", ["/urgent/", "/after/talk/"])
def test_a_health_page_says_who_reviewed_it_or_that_nobody_did(
    visitor: Client, settings: Any, address: str
) -> None:
    settings.CLINICAL_REVIEW = None
    assert "No clinician has reviewed this page." in page(visitor, address)
    settings.CLINICAL_REVIEW = ("Dr Ann Example", date(2026, 11, 30))
    reviewed = page(visitor, address)
    assert "Reviewed by a clinician: Dr Ann Example, on Nov. 30, 2026." in reviewed
    assert "No clinician has reviewed" not in reviewed


def test_what_is_shown_leaves_the_file_as_it_was_read() -> None:
    urgent_context("GB", today=date(2030, 1, 1))
    assert "old_days" not in read_data("urgent.json")["countries"][0]["numbers"][0]
