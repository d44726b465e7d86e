"""Fields take what people call things: languages, currencies, areas, time zones, addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from resources.admin.fields import read_zone
from resources.curation.placing import read_address
from resources.geo.names import fold
from resources.models import Location, Organization, Place, Revision, Schedule, Service
from resources.vocabulary import Cost, Fit, Status
from tests.build import build_location, build_organization, build_service
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    errors_of,
    messages_of,
    not_drawn,
    read_form,
    undone,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _gazetteer() -> None:
    towns = [
        ("Fort Worth", "TX", "US", 32.75, -97.33),
        ("Leeds", "ENG", "GB", 53.8, -1.55),
        ("Cork", "M", "IE", 51.9, -8.47),
        ("Toronto", "ON", "CA", 43.7, -79.4),
        ("Laval", "QC", "CA", 45.6, -73.7),
        ("Atlanta", "GA", "US", 33.75, -84.39),
    ]
    for name, region, country, latitude, longitude in towns:
        Place.objects.create(
            kind="town",
            country=country,
            name=name,
            name_key=fold(name),
            region=region,
            latitude=latitude,
            longitude=longitude,
            population=100_000,
        )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("700 Elm St, Fort Worth, TX 76102", ("700 Elm St", "Fort Worth", "TX", "76102", "US")),
        ("Fort Worth, Texas", ("", "Fort Worth", "TX", "", "US")),
        ("Fort Worth TX", ("", "Fort Worth", "TX", "", "US")),
        (" Fort Worth ", ("", "Fort Worth", "", "", "US")),
        ("Hope Church, 1 Main St, Fort Worth, TX", ("Hope Church, 1 Main St", "Fort Worth", "TX", "", "US")),
        ("Leeds, UK", ("", "Leeds", "", "", "GB")),
        ("10 High St, Leeds, LS1 4AP", ("10 High St", "Leeds", "", "LS1 4AP", "GB")),
        ("Cork, Ireland", ("", "Cork", "", "", "IE")),
        ("Toronto, ON M5V 2T6", ("", "Toronto", "ON", "M5V 2T6", "CA")),
        ("Atlanta, Georgia", ("", "Atlanta", "GA", "", "US")),
    ],
)
def test_an_address_is_read_from_its_end(typed: str, expected: tuple[str, ...]) -> None:
    assert tuple(read_address(typed, default_country="US").values()) == expected


def test_what_is_no_place_is_refused(desk: Client) -> None:
    group = new_group(desk)
    for typed in ("Narnia", ",,,", "12", "x" * 400):
        with not_drawn():
            answer = desk.post(add_address(Service), {**group, "where": typed})
        assert "where" in errors_of(answer), typed
        assert not Service.objects.exists()
        assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Central", "America/Chicago"),
        ("central time", "America/Chicago"),
        ("Chicago", "America/Chicago"),
        ("Central (Chicago)", "America/Chicago"),
        ("America/Chicago", "America/Chicago"),
        ("Central (US)", "America/Chicago"),
        ("Central Time (US & Canada)", "America/Chicago"),
        ("Pacific time", "America/Los_Angeles"),
        ("United Kingdom", "Europe/London"),
        ("Eastern", "America/New_York"),
        ("Ireland", "Europe/Dublin"),
        ("Perth", "Australia/Perth"),
    ],
)
def test_a_time_zone_is_named_as_people_do(typed: str, zone: str) -> None:
    assert read_zone(typed) == zone


LANGUAGES = {"English": "en", "spanish": "es", "fr-CA": "fr-CA"}
AREAS = {"Oregon": "US-OR", "The world": "*", "Ireland": "IE", "US-TX": "US-TX", "97201": "US:97201"}


def test_a_row_takes_a_name_and_keeps_the_code(desk: Client) -> None:
    service = build_service(at=[build_location()])
    page = address(service)
    data = read_form(desk, page)
    for typed in LANGUAGES:
        data = add_row(data, "languages", code=typed)
    for typed in AREAS:
        data = add_row(data, "service_areas", area=typed)
    for _time in range(2):  # sent again as it is shown, by its name, it stays what it is
        assert errors_of(desk.post(page, data)) == {}
        data = read_form(desk, page)
        assert {row.code for row in service.languages.all()} == set(LANGUAGES.values())
        assert {row.area for row in service.service_areas.all()} == set(AREAS.values())
    assert Revision.objects.filter(object_id=service.pk).count() == 2


@pytest.mark.parametrize(
    ("country", "typed", "expected"),
    [
        ("US", "$", "USD"),
        ("CA", "$", "CAD"),
        ("AU", "", "AUD"),
        ("GB", "£", "GBP"),
        ("IE", "euros", "EUR"),
        ("GB", "$", None),
        ("", "$", None),
        ("", "", None),
        ("", "US$", "USD"),
    ],
)
def test_a_currency_is_that_of_the_place(
    desk: Client, country: str, typed: str, expected: str | None
) -> None:
    service = build_service(at=[build_location(country=country)] if country else [])
    page = address(service)
    data = add_row(read_form(desk, page), "cost_options", kind=Cost.FIXED, amount="40", currency=typed)
    errors = errors_of(desk.post(page, data))
    if expected is None:
        assert list(errors) == ["cost_options-0-currency"]
    else:
        assert service.cost_options.get().currency == expected


def new_group(desk: Client) -> dict[str, Any]:
    return {
        **read_form(desk, add_address(Service)),
        "kind": "support_group",
        "new_organization": "Quiet Circle",
        "name": "Fort Worth evening group",
        "losses": ["miscarriage", "stillbirth"],
        "led_by": ["peer"],
        "where": "Hope Church, 1 Main St, Fort Worth, TX",
        "phones-0-number": "(817) 555-0142",
        "schedules-0-description": "2nd and 4th Wednesday 6:30-8pm",
        "cost_options-0-kind": "free",
        "languages-0-code": "English",
        "languages-1-code": "Spanish",
        "_publish": "",
    }


def test_a_new_group_takes_one_page(desk: Client) -> None:
    answer = desk.post(add_address(Service), new_group(desk), follow=True)
    assert errors_of(answer.redirect_chain and answer) == {}
    service = Service.objects.get()
    assert (service.status, service.fit, service.organization.name) == (
        Status.ACTIVE,
        Fit.SPECIALIST,
        "Quiet Circle",
    )
    place = service.service_at_locations.get().location
    assert (place.city, place.region, place.country, place.latitude) == ("Fort Worth", "TX", "US", 32.75)
    assert place.organization == service.organization
    phone = service.phones.get()
    assert (phone.country, phone.international) == ("US", "+18175550142")
    schedule = Schedule.objects.get()
    assert (schedule.byday, schedule.timezone) == ("2WE,4WE", "America/Chicago")
    assert [row.code for row in service.languages.all()] == ["en", "es"]
    assert service.listings.count() == 1
    for record in (service, service.organization, place):
        assert Revision.objects.filter(object_id=record.pk).exists(), record
    assert "published" in messages_of(answer)


@pytest.mark.parametrize(
    ("where", "typed", "expected"),
    [
        ("Fort Worth, TX", "", ["en"]),
        ("Fort Worth, TX", "Spanish", ["es"]),
        ("Laval, QC", "", ["fr"]),
        ("Toronto, ON", "", ["en"]),
        ("", "", []),
    ],
)
def test_a_language_that_nobody_typed_is_that_of_the_place_and_said(
    desk: Client, where: str, typed: str, expected: list[str]
) -> None:
    new = {**new_group(desk), "where": where, "phones-0-country": "US"}
    new |= {"languages-0-code": typed, "languages-1-code": ""}
    answer = desk.post(add_address(Service), new, follow=True)
    assert [row.code for row in Service.objects.get().languages.all()] == expected
    assert ("that of the country" in messages_of(answer)) == (bool(expected) and not typed)


def test_a_new_organization_that_is_known_is_that_one_and_none_is_left_by_a_failed_save(
    desk: Client,
) -> None:
    known = build_organization("quiet circle")
    desk.post(add_address(Service), {**new_group(desk), "phones-0-number": "12"})
    assert not Service.objects.exists()
    desk.post(add_address(Service), new_group(desk))
    assert Service.objects.get().organization == known
    both = {**new_group(desk), "organization": str(known.pk)}
    assert "new_organization" in errors_of(desk.post(add_address(Service), both))
    neither = {**new_group(desk), "new_organization": ""}
    assert "organization" in errors_of(desk.post(add_address(Service), neither))
    assert Organization.objects.count() == 1
    assert Location.objects.count() == 1


FITS = [
    (["miscarriage"], "", Fit.SPECIALIST),
    (["stillbirth", "child_any_age"], "", Fit.SPECIALIST),
    (["miscarriage"], "general", Fit.GENERAL),
    ([], "perinatal_or_grief", Fit.PERINATAL_OR_GRIEF),
    ([], "", None),
    (["child_any_age"], "", None),
    (["any_loss"], "", None),
]


def test_how_close_it_is_follows_from_the_losses_or_is_asked(desk: Client) -> None:
    group = new_group(desk)
    for losses, chosen, expected in FITS:
        with undone(), not_drawn():
            answer = desk.post(add_address(Service), {**group, "losses": losses, "fit": chosen})
            if expected is None:
                assert list(errors_of(answer)) == ["fit"], losses
            else:
                assert Service.objects.get().fit == expected, losses
