"""A curator types when a group meets, is told what that means, and corrects it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from resources.models import Schedule, Service
from tests.build import DALLAS, build_location, build_service
from tests.reading import card_of
from tests.resources.admin.desk import add_row, address, errors_of, read_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        yield


def add_schedule(desk: Client, service: Service, **typed: str) -> Any:
    filled = add_row(read_form(desk, address(service)), "schedules", **typed)
    return desk.post(address(service), filled, follow=True)


def preview(desk: Client, **typed: str) -> dict[str, Any]:
    answer = desk.get(reverse("admin:resources_service_schedule"), typed)
    assert answer.status_code == 200
    data: dict[str, Any] = json.loads(answer.content)
    return data


def test_words_that_are_certain_are_read_and_told_back_with_their_dates(desk: Client) -> None:
    service = build_service("Circle", at=[DALLAS], assured_date=date(2026, 11, 1))
    answer = add_schedule(desk, service, description="2nd Tuesday of the month, 7pm to 8:30pm")
    schedule = Schedule.objects.get(service=service)
    assert (schedule.freq, schedule.byday, schedule.opens_at, schedule.closes_at) == (
        "MONTHLY",
        "2TU",
        time(19),
        time(20, 30),
    )
    assert schedule.timezone == "America/Chicago"  # where the place is
    shown = answer.content.decode()
    assert "was read as: 2nd Tuesday of the month, 7 pm to 8:30 pm (Chicago time)" in shown
    assert "Tuesday, December 8, 7 pm to 8:30 pm (Chicago time)" in shown
    assert [each["rule"]["byday"] for each in card_of(service)["schedules"]] == [["2TU"]]


UNCERTAIN = {
    "recurring; see chapter page for dates": "names no day",
    "every 2 weeks on Tuesday": "date to count from",
    "31st of every month": "31st",
    "2nd Thursday, dates move for holidays": "dates move for holidays",
}


def test_words_that_are_not_certain_stay_a_note_and_the_curator_is_told_why(desk: Client) -> None:
    service = build_service("Circle", at=[DALLAS], assured_date=date(2026, 11, 1))
    form = read_form(desk, address(service))
    for words in UNCERTAIN:
        form = add_row(form, "schedules", description=words)
    told = [str(each) for each in desk.post(address(service), form, follow=True).context["messages"]]
    for words, reason in UNCERTAIN.items():
        schedule = Schedule.objects.get(service=service, description=words)
        assert (schedule.freq, schedule.byday) == ("", "")
        (said,) = [each for each in told if f"“{words}” is kept as a note only" in each]
        assert reason in said
    assert card_of(service)["schedules"] == []


REFUSED = [
    ({"freq": "MONTHLY", "bymonthday": "31"}, "bymonthday", "Not every month has this day"),
    ({"freq": "MONTHLY", "byday": "TU"}, "byday", "which one of the month"),
    ({"freq": "MONTHLY", "dtstart": "2028-02-29"}, "dtstart", "Not every month has this day"),
    ({"freq": "MONTHLY"}, "byday", "day of the month"),
    ({"freq": "WEEKLY"}, "byday", "day of the week"),
    ({"freq": "WEEKLY", "byday": "2TU"}, "byday", "choose monthly"),
    ({"freq": "WEEKLY", "byday": "TU", "interval": "2"}, "dtstart", "so we can count from there"),
    (
        {"freq": "WEEKLY", "byday": "TU", "opens_at": "20:00", "closes_at": "18:00"},
        "closes_at",
        "before the start",
    ),
    ({"freq": "WEEKLY", "byday": "TU", "closes_at": "18:00"}, "opens_at", "when it starts"),
    ({"freq": "WEEKLY", "byday": "TU", "timezone": "Mars/Olympus"}, "timezone", "such as Central or Chicago"),
    ({"freq": "WEEKLY", "byday": "TU", "timezone": "EST5EDT"}, "timezone", "such as Central or Chicago"),
    ({"freq": "WEEKLY", "byday": "TU", "bymonth": "13"}, "bymonth", "1 to 12"),
    ({"freq": "WEEKLY", "byday": "TU", "exception_dates": "Christmas"}, "exception_dates", "2026-12-25"),
    ({"freq": "WEEKLY", "byday": "TU", "added_dates": "2027-02-29"}, "added_dates", "not a valid date"),
    (
        {"freq": "WEEKLY", "byday": "TU", "dtstart": "2027-01-05", "until": "2026-01-05"},
        "until",
        "before the first",
    ),
    (
        {"freq": "MONTHLY", "byday": "1TU", "dtstart": "2026-12-01", "interval": "12", "bymonth": "6"},
        "bymonth",
        "never occurs",
    ),
    ({"byday": "TU"}, "freq", "weekly or monthly"),
    ({"opens_at": "19:00"}, "freq", "how it repeats"),
    ({"freq": "WEEKLY", "byday": "TU", "interval": "0"}, "interval", "every second"),
    ({"freq": "WEEKLY", "byday": "TU", "count": "0", "dtstart": "2027-01-05"}, "count", "1"),
]


def test_nonsense_is_explained_at_its_field_and_nothing_typed_is_lost(desk: Client) -> None:
    service = build_service("Circle", at=[DALLAS])
    form = read_form(desk, address(service))
    for typed, _field, _said in REFUSED:
        form = add_row(form, "schedules", **{"description": "As typed", **typed})
    answer = desk.post(address(service), form)
    errors = errors_of(answer)
    for number, (typed, field, expected) in enumerate(REFUSED):
        messages = errors.get(f"schedules-{number}-{field}", [])
        assert any(expected in message for message in messages), (typed, messages)
    assert not Schedule.objects.exists()
    assert answer.content.decode().count("As typed") == len(REFUSED)


NOT_YET = "Visitors see dates only after “Last checked on” is filled in."


@pytest.mark.parametrize(("checked", "is_told"), [(None, True), (date(2026, 11, 1), False)])
def test_a_curator_is_told_when_dates_are_not_shown_yet(
    desk: Client, checked: date | None, is_told: bool
) -> None:
    service = build_service("Circle", at=[DALLAS], assured_date=checked)
    answer = add_schedule(desk, service, freq="WEEKLY", byday="TU")
    assert (NOT_YET in answer.content.decode()) == is_told
    assert NOT_YET not in add_schedule(desk, build_service(at=[DALLAS]), description="Ask").content.decode()


def test_without_a_place_the_zone_has_to_be_said(desk: Client) -> None:
    service = build_service("Circle", areas=["US"])
    answer = add_schedule(desk, service, freq="WEEKLY", byday="TU")
    assert "time zone" in errors_of(answer)["schedules-0-timezone"][0]


def test_a_note_needs_no_rule(desk: Client) -> None:
    service = build_service("Circle", at=[DALLAS])
    schedule = Schedule.objects.create(service=service, description="Ask for dates")
    filled = read_form(desk, address(service))
    filled["schedules-0-notes"] = "Closed in August"
    assert errors_of(desk.post(address(service), filled)) == {}
    schedule.refresh_from_db()
    assert schedule.notes == "Closed in August"


def test_while_one_writes_the_rule_is_said_with_its_next_dates(desk: Client) -> None:
    data = preview(desk, freq="WEEKLY", byday="WE", opens_at="19:00", timezone="Europe/London")
    assert data["phrase"] == "Every Wednesday, 7 pm (London time)"
    assert data["dates"][0] == "Wednesday, November 25, 7 pm (London time)"
    assert (len(data["dates"]), data["errors"], data["fields"]) == (5, {}, {})


def test_while_one_writes_words_are_read_and_the_fields_proposed(desk: Client) -> None:
    service = build_service("Circle", at=[build_location((43.70643, -79.39864), country="CA", region="ON")])
    data = preview(
        desk, description="2nd and 4th Wednesday 6:30-8pm, not in December", service=str(service.pk)
    )
    assert (
        data["phrase"]
        == "2nd and 4th Wednesday of the month, 6:30 pm to 8 pm (Toronto time), not in December"
    )
    assert data["fields"]["byday"] == "2WE,4WE"
    assert data["fields"]["timezone"] == "America/Toronto"
    assert len(data["dates"]) == 5


def test_while_one_writes_nonsense_is_said_at_once(desk: Client) -> None:
    assert "bymonthday" in preview(desk, freq="MONTHLY", bymonthday="31", timezone="UTC")["errors"]
    assert "exception_dates" in preview(desk, freq="WEEKLY", exception_dates="soon")["errors"]
    assert preview(desk, description="see page")["remarks"]
    assert preview(desk, service="nonsense", description="x" * 9000)["remarks"]
    assert preview(desk) == {"phrase": "", "dates": [], "remarks": [], "errors": {}, "fields": {}}


def test_only_curators_are_told(client: Client) -> None:
    assert client.get(reverse("admin:resources_service_schedule")).status_code == 302
