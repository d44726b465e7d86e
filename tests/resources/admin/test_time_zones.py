"""Whose today it is: a curator's own, where the account says one; otherwise, and for visitors, the site's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from resources.models import CostOption, Service
from resources.vocabulary import Role
from tests.build import build_service
from tests.resources.admin.desk import (
    address,
    build_curator,
    errors_of,
    messages_of,
    read_form,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db

# The morning of the 1st in Auckland, while the 30th has hours to go in Greenwich and in Dallas.
MORNING_IN_AUCKLAND = datetime(2026, 11, 30, 20, tzinfo=UTC)
# The evening of the 30th in Dallas, when the 1st has begun in Greenwich.
EVENING_IN_DALLAS = datetime(2026, 12, 1, 2, tzinfo=UTC)
MOMENTS = {
    "Pacific/Auckland": (MORNING_IN_AUCKLAND, date(2026, 12, 1)),
    "America/Chicago": (EVENING_IN_DALLAS, date(2026, 11, 30)),
}


@pytest.fixture(params=MOMENTS)
def there(request: Any, db: None) -> Iterator[tuple[Client, date]]:
    """A curator of that zone at that moment, and the day it is there."""
    moment, day = MOMENTS[request.param]
    with time_machine.travel(moment, tick=False):
        yield sign_in(Client(), build_curator("ada", time_zone=request.param)), day


def test_a_check_of_today_has_come(there: tuple[Client, date]) -> None:
    curator, day = there
    service = build_service()
    assert errors_of(send(curator, address(service), assured_date=day.isoformat())) == {}
    assert Service.objects.get().assured_date == day


def test_a_check_of_tomorrow_has_not_come(there: tuple[Client, date]) -> None:
    curator, day = there
    tomorrow = day + timedelta(days=1)
    refused = send(curator, address(build_service()), assured_date=tomorrow.isoformat())
    assert errors_of(refused) == {"assured_date": ["This date is in the future."]}


@pytest.mark.parametrize("outcome", ["right", "full"])
def test_what_is_found_is_dated_with_the_day_there(there: tuple[Client, date], outcome: str) -> None:
    curator, day = there
    service = build_service()
    curator.post(reverse("admin:resources_service_found", args=[service.pk, outcome]), {"learned": "phone"})
    service.refresh_from_db()
    assert service.assured_date == day
    assert service.attribution["assured_date"][1] == day.isoformat()


def test_a_call_in_vain_comes_back_a_week_from_the_day_there(there: tuple[Client, date]) -> None:
    curator, day = there
    service = build_service()
    text = messages_of(
        curator.post(reverse("admin:resources_service_found", args=[service.pk, "no_answer"]), follow=True)
    )
    service.refresh_from_db()
    assert service.last_unanswered_date == day
    assert f"on {date_format(day + timedelta(days=7))}" in text


def test_the_hour_of_a_change_is_that_of_its_reader(there: tuple[Client, date]) -> None:
    curator, day = there
    service = build_service()
    send(curator, address(service), alert="Other room")
    page = curator.get(address(service, "history")).content.decode()
    hour = {date(2026, 12, 1): "9 a.m.", date(2026, 11, 30): "8 p.m."}[day]
    assert f"{date_format(day)}, {hour}" in page


def test_who_has_no_zone_goes_by_that_of_the_site(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"
    with time_machine.travel(EVENING_IN_DALLAS, tick=False):
        curator, service = sign_in(Client(), build_curator()), build_service()
        curator.post(
            reverse("admin:resources_service_found", args=[service.pk, "right"]), {"learned": "phone"}
        )
        assert Service.objects.get().assured_date == date(2026, 11, 30)


def test_no_curators_zone_outlasts_the_answer_or_reaches_a_visitor() -> None:
    with time_machine.travel(MORNING_IN_AUCKLAND, tick=False):
        curator = sign_in(Client(), build_curator(time_zone="Pacific/Auckland"))
        curator.get(reverse("admin:index"))
        assert timezone.get_current_timezone_name() == "UTC"
        curator.get(reverse("pages:home"))
        assert timezone.get_current_timezone_name() == "UTC"


def test_what_a_curator_saves_is_shown_to_visitors_by_the_day_of_the_site() -> None:
    """A price that begins tomorrow, where visitors are, has not begun because it is tomorrow in Auckland."""
    with time_machine.travel(MORNING_IN_AUCKLAND, tick=False):
        service = build_service(cost="fixed", price=20)
        CostOption.objects.update(valid_from=date(2026, 12, 1))
        curator = sign_in(Client(), build_curator(time_zone="Pacific/Auckland"))
        assert errors_of(send(curator, address(service), alert="Other room")) == {}
        found = curator.get("/api/v1/listings/").json()["results"]
        assert [result["cost"]["min_price"] for result in found] == [None]
        assert "$20" not in curator.get(address(service)).context["card"]["html"]


@pytest.mark.parametrize(
    ("zone", "moment", "is_shown"),
    [
        ("UTC", EVENING_IN_DALLAS, True),
        ("America/Chicago", EVENING_IN_DALLAS, False),
        ("Pacific/Auckland", MORNING_IN_AUCKLAND, True),
    ],
)
def test_a_price_begins_when_the_day_begins_for_the_site(
    settings: Any, client: Client, zone: str, moment: datetime, is_shown: bool
) -> None:
    settings.TIME_ZONE = zone
    with time_machine.travel(moment, tick=False):
        service = build_service(cost="fixed", price=20)
        CostOption.objects.update(valid_from=date(2026, 12, 1))
        record = client.get(f"/api/v1/services/{service.pk}/").json()
        assert (record["cost"]["min_price"] is not None) == is_shown
        page = client.get(f"/services/{service.pk}/").content.decode()
        assert ("$20" in page) == is_shown


# ---- the box on the page of an account


def test_the_zone_of_a_curator_is_chosen_on_the_page_of_the_account() -> None:
    administrator = sign_in(Client(), build_curator("grace", Role.ADMINISTRATOR))
    ada = build_curator("ada")
    page = reverse("admin:auth_user_change", args=[ada.pk])
    assert errors_of(send(administrator, page, time_zone="New Zealand")) == {}
    ada.curator.refresh_from_db()
    assert ada.curator.time_zone == "Pacific/Auckland"
    assert read_form(administrator, page)["time_zone"] == "New Zealand (Auckland)"
    history = administrator.get(reverse("admin:auth_user_history", args=[ada.pk])).content.decode()
    assert "Time zone: Pacific/Auckland." in history


def test_administrators_choose_their_own_zone_too() -> None:
    grace = build_curator("grace", Role.ADMINISTRATOR)
    page = reverse("admin:auth_user_change", args=[grace.pk])
    assert errors_of(send(sign_in(Client(), grace), page, time_zone="America/Chicago")) == {}
    grace.curator.refresh_from_db()
    assert grace.curator.time_zone == "America/Chicago"


def test_what_is_no_zone_is_refused_beside_its_box() -> None:
    administrator = sign_in(Client(), build_curator("grace", Role.ADMINISTRATOR))
    page = reverse("admin:auth_user_change", args=[build_curator("ada").pk])
    for typed in ("Mars/Olympus", "../etc", "EST5EDT?"):
        assert "time_zone" in errors_of(send(administrator, page, time_zone=typed)), typed


def test_a_superuser_without_a_role_of_their_own_may_choose_a_zone() -> None:
    chief = User.objects.create_superuser("chief", password="a long enough word")
    page = reverse("admin:auth_user_change", args=[chief.pk])
    assert errors_of(send(sign_in(Client(), chief), page, time_zone="Pacific/Auckland")) == {}
    chief = User.objects.get(pk=chief.pk)
    assert chief.curator.time_zone == "Pacific/Auckland"
