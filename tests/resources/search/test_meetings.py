"""What meets when: the same answer on the page, by the API and in the calendar, at a clock that stands still.

It is Wednesday, 25 November 2026, 18:00 in UTC: noon in Dallas, evening in London, Thursday in Sydney.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.test import Client
from django.utils import timezone

from resources.curation import publishing
from resources.models import ListingMeeting, Revision, Schedule, ServiceAtLocation
from resources.search.filters import ListingFilterSet
from resources.search.projection import is_outdated, rebuild_listings, refresh_listings
from tests.api.asking import V1, get, problem_in
from tests.build import DALLAS, build_location, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db, pytest.mark.slow("writes out the meetings of a year")]

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
CHECKED = date(2026, 11, 1)
SYDNEY = (-33.8688, 151.2093)


@pytest.fixture(autouse=True)
def _clock_at_noon_in_dallas() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        build_places()
        yield


def weekly(day: str, opens_at: str = "", closes_at: str = "", **more: Any) -> dict[str, Any]:
    times = {"opens_at": opens_at, "closes_at": closes_at}
    clock = {name: time.fromisoformat(at) for name, at in times.items() if at}
    return {"freq": "WEEKLY", "byday": day, **clock, **more}


def build_groups() -> None:
    """Groups that meet in Dallas at all sorts of times, and some elsewhere; most somebody has checked."""
    wednesday = weekly("WE", "19:00", "20:30")
    in_dallas: dict[str, Any] = {"at": [DALLAS], "formats": ["in_person"], "refresh": False}
    at_dallas = {**in_dallas, "assured_date": CHECKED}
    build_service("Tonight at seven", schedules=[wednesday], **at_dallas)
    build_service("Going on at noon", schedules=[weekly("WE", "11:30", "12:30")], **at_dallas)
    build_service("Over this morning", schedules=[weekly("WE", "08:00", "09:00")], **at_dallas)
    build_service("Ended at this moment", schedules=[weekly("WE", "11:00", "12:00")], **at_dallas)
    build_service("Some time today", schedules=[weekly("WE")], **at_dallas)
    build_service("Tomorrow evening", schedules=[weekly("TH", "19:00")], **at_dallas)
    build_service(
        "Not this week", schedules=[weekly("WE", "19:30", exception_dates=(date(2026, 11, 25),))], **at_dallas
    )
    build_service("Nobody has checked", schedules=[wednesday], **in_dallas)
    build_service("Says so in words", schedules=[{"description": "Wednesdays at 7 pm"}], **at_dallas)
    build_service("Knows no zone", schedules=[{**wednesday, "timezone": ""}], **at_dallas)
    build_service("Withdrawn", schedules=[wednesday], status="inactive", **at_dallas)
    online: dict[str, Any] = {
        "areas": ["*"],
        "formats": ["video"],
        "assured_date": CHECKED,
        "refresh": False,
    }
    build_service(
        "London tonight", schedules=[weekly("WE", "20:00", "21:00", timezone="Europe/London")], **online
    )
    build_service("Sydney tonight", schedules=[weekly("TH", "19:00", timezone="Australia/Sydney")], **online)
    build_service("A line", kind="helpline", schedules=[weekly("WE", "09:00", "17:00")], **online)
    rebuild_listings(at=NOW)


TABLE: list[tuple[str, list[str]]] = [
    # tonight: today where one asks from, beginning from five on, and not over
    ("near=75201&upcoming=1&after=17:00&reach=local", ["Tonight at seven"]),
    (
        "near=75201&upcoming=1&after=17:00&sort=next_meeting",
        ["London tonight", "Tonight at seven"],
    ),
    (
        "near=75201&upcoming=1&reach=local&sort=next_meeting",
        ["Some time today", "Going on at noon", "Tonight at seven"],
    ),
    (
        "near=75201&upcoming=2&after=17:00&reach=local&sort=next_meeting",
        ["Tonight at seven", "Tomorrow evening"],
    ),
    ("near=75201&upcoming=8&after=19:30&reach=local", ["Not this week"]),
    ("near=75201&upcoming=7&after=19:30&reach=local&q=week", []),
    ("near=75201&day=thursday&reach=local", ["Tomorrow evening"]),
    ("near=75201&day=thursday&reach=remote", ["Sydney tonight"]),
    ("near=75201&day=wednesday&before=09:00&reach=local", ["Over this morning"]),
    ("near=75201&day=wednesday&after=08:00&before=08:01", ["Over this morning"]),
    # all of it must hold of one meeting
    ("near=75201&day=thursday&before=12:00&reach=local&q=tomorrow", []),
    # a day without a time is found by its day and not by an hour
    ("near=75201&day=wednesday&reach=local&q=some", ["Some time today"]),
    ("near=75201&after=00:00&q=some&reach=local", []),
]


@pytest.mark.parametrize(("querystring", "names"), TABLE, ids=[querystring for querystring, _names in TABLE])
def test_a_question_about_time_finds(querystring: str, names: list[str]) -> None:
    build_groups()
    answer = ask(querystring)
    found = [] if answer.relaxed else [result["service"]["name"] for result in answer.results]
    if "sort=" not in querystring:
        found, names = sorted(found), sorted(names)
    assert found == names


def ask(querystring: str) -> Any:
    parts = (part.split("=", 1) for part in querystring.split("&"))
    return ListingFilterSet(dict(parts)).answer()


def test_tonight_near_75201_is_the_same_on_the_page_and_by_the_api(client: Client) -> None:
    build_groups()
    querystring = {"near": "75201", "upcoming": "1", "after": "17:00"}
    listed = get("listings/", querystring)
    names = [result["service"]["name"] for result in listed["results"]]
    assert names == ["Tonight at seven", "London tonight"]
    assert [result["next_meetings"][0] for result in listed["results"]] == [
        {
            "date": "2026-11-25",
            "starts_at": "2026-11-25T19:00:00-06:00",
            "ends_at": "2026-11-25T20:30:00-06:00",
            "timezone": "America/Chicago",
        },
        {
            "date": "2026-11-25",
            "starts_at": "2026-11-25T20:00:00+00:00",
            "ends_at": "2026-11-25T21:00:00+00:00",
            "timezone": "Europe/London",
        },
    ]
    page = client.get("/search/", querystring).content.decode()
    assert re.findall(r'<h3 class="h3"><a [^>]*>([^<]*)</a></h3>', page) == names
    assert page.count("<strong>Tonight</strong>") == 1
    assert page.count("<strong>Today</strong>") == 1  # evening in London is afternoon in Dallas
    assert "Wednesday, November 25, 7 pm to 8:30 pm (Chicago time)" in page
    meetings = get("meetings/", querystring)
    assert [(each["starts_at"], each["listing"]["service"]["name"]) for each in meetings["results"]][:2] == [
        ("2026-11-25T20:00:00+00:00", "London tonight"),
        ("2026-11-25T19:00:00-06:00", "Tonight at seven"),
    ]


def test_a_result_says_the_next_three_that_fit_the_question() -> None:
    build_service("Two evenings", at=[DALLAS], schedules=[weekly("WE,FR", "19:00")], assured_date=CHECKED)
    dates = [each["date"] for each in ask("near=75201").results[0]["next_meetings"]]
    assert dates == ["2026-11-25", "2026-11-27", "2026-12-02"]
    fridays = [each["date"] for each in ask("near=75201&day=friday").results[0]["next_meetings"]]
    assert fridays == ["2026-11-27", "2026-12-04", "2026-12-11"]


def test_a_schedule_of_one_place_is_met_there_alone() -> None:
    places = [build_location(DALLAS), build_location((32.9, -96.9))]
    service = build_service("Two rooms", at=places, assured_date=CHECKED)
    there = ServiceAtLocation.objects.get(service=service, location=places[1])
    Schedule.objects.create(service_at_location=there, timezone="America/Chicago", **weekly("MO", "10:00"))
    refresh_listings([service.pk], at=NOW)
    found = ask("near=75201&day=monday").results
    assert [result["id"] for result in found] == [str(there.pk)]


def test_where_nothing_meets_then_another_time_is_offered_and_said() -> None:
    build_service("Mondays", at=[DALLAS], schedules=[weekly("MO", "19:00")], assured_date=CHECKED)
    answer = ask("near=75201&day=sunday&after=18:00&upcoming=7&widen=yes")
    assert [(each.parameter, each.asked, each.used) for each in answer.relaxed] == [
        ("day", "sunday", ""),
        ("after", "18:00", ""),
        ("upcoming", "7", ""),
    ]
    assert [result["service"]["name"] for result in answer.results] == ["Mondays"]


def test_a_question_about_time_is_said_back() -> None:
    said = ask("near=75201&day=tuesday&day=friday&after=18:00&before=20:30&upcoming=7").summary
    assert "meeting on Friday" in said
    assert "starting at 6 pm or later" in said
    assert "starting before 8:30 pm" in said
    assert "meeting in the next 7 days" in said


# ---- hours


def test_a_line_is_open_by_hours_that_somebody_has_checked() -> None:
    hours = [weekly("MO,TU,WE,TH,FR", "09:00", "21:00", timezone="America/New_York")]
    build_service("Checked line", kind="helpline", areas=["US"], schedules=hours, assured_date=CHECKED)
    build_service("Unchecked line", kind="helpline", areas=["US"], schedules=hours)
    opening = {result["service"]["name"]: result["opening"] for result in get("listings/", {})["results"]}
    assert opening["Unchecked line"] is None
    assert opening["Checked line"] == {
        "open_now": True,
        "until": "2026-11-25T21:00:00-05:00",
        "opens_at": None,
        "timezone": "America/New_York",
    }


def test_the_page_claims_nothing_of_the_hour_for_what_nobody_has_checked(client: Client) -> None:
    hours = [weekly("MO,TU,WE,TH,FR,SA,SU", "00:00", "00:00", description="24/7")]
    evening = [weekly("WE", "19:00", description="Wednesdays at 7 pm")]
    for service in (
        build_service("Line", kind="helpline", areas=["US"], schedules=hours),
        build_service("Group", at=[DALLAS], schedules=evening),
    ):
        for address in (f"/services/{service.pk}/", f"/search/?organization={service.organization_id}"):
            shown = client.get(address).content.decode()
            assert not re.search(
                r"open now|tonight|today|next dates|at all hours|24/7|\.ics", shown, re.IGNORECASE
            )
        assert client.get(f"/services/{service.pk}/calendar.ics").status_code == 404


def test_the_page_of_what_is_checked_says_hours_and_dates(client: Client) -> None:
    line = build_service(
        "Line",
        kind="helpline",
        areas=["US"],
        assured_date=CHECKED,
        schedules=[weekly("MO,TU,WE,TH,FR", "09:00", "11:00")],
    )
    assert (
        "Closed now. Opens Thursday, 9 am (Chicago time)"
        in client.get(f"/services/{line.pk}/").content.decode()
    )
    group = build_service(
        "Group", at=[DALLAS], assured_date=CHECKED, schedules=[weekly("WE", "19:00", notes="Ring the bell.")]
    )
    shown = client.get(f"/services/{group.pk}/").content.decode()
    assert "Ring the bell." in shown
    assert shown.count("<time ") == 5
    assert f"/services/{group.pk}/calendar.ics" in shown


# ---- calendars


def test_the_calendar_of_a_service_read_back_is_what_the_api_says(client: Client) -> None:
    build_groups()
    for name in ("Tonight at seven", "London tonight"):
        (result,) = [each for each in get("listings/", {})["results"] if each["service"]["name"] == name]
        answer = client.get(f"/services/{result['service']['id']}/calendar.ics")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        assert read_back(answer.content)[:3] == [
            datetime.fromisoformat(each["starts_at"]).astimezone(UTC) for each in result["next_meetings"]
        ]


def test_a_withdrawn_group_is_cancelled_in_calendars_that_have_it_and_after_some_months_gone(
    client: Client,
) -> None:
    group = build_service("Group", at=[DALLAS], assured_date=CHECKED, schedules=[weekly("WE", "19:00")])
    address = f"/services/{group.pk}/calendar.ics"
    (before,) = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    publishing.withdraw(services=[group], reason="Closed", by=None, at=timezone.now())
    answer = client.get(address)
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert (answer.status_code, event["uid"], event["status"]) == (200, before["uid"], "CANCELLED")
    assert event["sequence"] > before.get("sequence", 0)
    assert "Group" not in answer.content.decode()
    Revision.objects.update(made_at=timezone.now() - timedelta(days=200))
    assert client.get(address).status_code == 410


def test_the_calendar_of_a_search_holds_every_meeting_of_it(client: Client) -> None:
    build_groups()
    querystring = {"near": "75201", "after": "17:00"}
    answer = client.get("/search/calendar.ics", querystring)
    window = {"from": "2026-11-26", "to": "2026-12-24", "page_size": "100"}
    listed = get("meetings/", {**querystring, **window})
    expected = sorted(datetime.fromisoformat(each["starts_at"]).astimezone(UTC) for each in listed["results"])
    found = [at for at in read_back(answer.content) if expected[0] <= at <= expected[-1]]
    assert found == expected


def test_the_calendar_of_a_search_that_finds_nothing_holds_nothing(client: Client) -> None:
    build_groups()
    querystring = {"near": "75201", "day": "sunday"}
    assert read_back(client.get("/search/calendar.ics", querystring).content) == []
    wider = client.get("/search/calendar.ics", {**querystring, "widen": "yes"}).content
    assert b"BEGIN:VEVENT" in wider
    assert icalendar.Calendar.from_ical(wider)["X-WR-CALNAME"] == "Support meetings, wider than asked"


def test_a_calendar_holds_so_many_listings_at_most(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.search.calendar_feeds.MAX_LISTINGS", 2)
    build_groups()
    written = client.get("/search/calendar.ics", {"near": "75201", "sort": "next_meeting"}).content
    assert len(icalendar.Calendar.from_ical(written).walk("VEVENT")) == 2


def test_a_calendar_of_a_question_that_cannot_be_used_says_why(client: Client) -> None:
    answer = client.get("/search/calendar.ics", {"near": "Qqzzyx"})
    assert answer.status_code == 400
    assert "near: We could not find that place" in answer.content.decode()


def read_back(written: bytes) -> list[datetime]:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(written))
    return sorted(event.start.astimezone(UTC) for event in events.between(NOW, NOW + timedelta(days=40)))


# ---- meetings by the API


REFUSED = [
    ({"from": "2026-12-31", "to": "2026-12-01"}, "to", "before the first"),
    ({"from": "2026-12-01", "to": "2027-02-02"}, "to", "62 days"),
    ({"from": "2028-01-01"}, "from", "known until"),
    ({"to": "2028-01-01", "from": "2027-12-01"}, "from", "known until"),
    ({"to": "2027-11-01", "from": "2027-10-01"}, "to", "known until"),
    ({"from": "9999-12-31"}, "from", "known until"),
    ({"from": "tomorrow"}, "from", "2026-01-31"),
    ({"to": "2026-13-01"}, "to", "2026-01-31"),
    ({"day": "tues"}, "day", "tues"),
    ({"after": "7"}, "after", "18:00"),
    ({"after": "25:00"}, "after", "18:00"),
    ({"before": "half past"}, "before", "18:00"),
    ({"upcoming": "0"}, "upcoming", "1 or more"),
    ({"upcoming": "63"}, "upcoming", "62 or less"),
    ({"since": "2026-01-01"}, "since", "Unknown parameter"),
    ({"widen": "yes"}, "widen", "Unknown parameter"),  # nothing is widened here
]


@pytest.mark.parametrize(("query", "parameter", "words"), REFUSED)
def test_meetings_that_cannot_be_asked_for_are_refused_by_name(
    query: dict[str, str], parameter: str, words: str
) -> None:
    (error,) = problem_in(Client().get(f"{V1}meetings/", query), 400)["errors"]
    assert (error["parameter"], words in error["message"]) == (parameter, True), error


def test_meetings_have_pages_and_an_end() -> None:
    build_service(
        "Daily", at=[DALLAS], schedules=[weekly("MO,TU,WE,TH,FR,SA,SU", "19:00")], assured_date=CHECKED
    )
    query = {"from": "2026-12-01", "to": "2026-12-10", "page_size": "4"}
    pages = [get("meetings/", {**query, "page": str(number)}) for number in (1, 2, 3)]
    dates = [meeting["date"] for page in pages for meeting in page["results"]]
    assert dates == [f"2026-12-{day:02}" for day in range(1, 11)]
    assert pages[0]["count"] == 10
    problem_in(Client().get(f"{V1}meetings/", {**query, "page": "4"}), 404)


# ---- keeping it true


def test_listings_are_made_anew_before_their_dates_run_out() -> None:
    build_service("Group", at=[DALLAS], schedules=[weekly("WE", "19:00")], assured_date=CHECKED)
    rebuild_listings(at=NOW)
    assert not is_outdated(NOW + timedelta(days=29))
    assert is_outdated(NOW + timedelta(days=30))
    last = ListingMeeting.objects.latest("starts_at")
    assert timedelta(days=390) < last.starts_at - timezone.now() <= timedelta(days=400)
