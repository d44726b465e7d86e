"""What ships is loaded of the countries that the operator names, and withdrawn when they name fewer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resources.exchange.applying import apply_plan
from resources.exchange.planning import OTHER_COUNTRY, plan_import
from resources.exchange.reading import SourceFile
from resources.exchange.sources import Feed
from resources.exchange.sources.hrsa import HealthCenters
from resources.exchange.sources.shipped import StarterCatalog
from resources.exchange.undo import undo_import
from resources.models import ImportRun, Listing, Service
from resources.vocabulary import COUNTRIES
from tests.resources.exchange.feeds import FIRST, LATER, everything, some_rows, table
from tests.world import build_places

pytestmark = pytest.mark.django_db
STARTER = StarterCatalog()


@pytest.fixture
def places() -> None:
    build_places()


ALL = tuple(COUNTRIES)
EVERYTHING = ["Across the Atlantic", "American group", "British line", "Says no place", "World forum"]
EDITED = datetime(2026, 8, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def a_list() -> SourceFile:
    services = [
        # name, country, areas
        ("British line", "GB", "GB"),
        ("American group", "US", "Texas"),
        ("World forum", "", "world"),
        ("Across the Atlantic", "US", "US; GB"),
        ("Says no place", "", ""),
    ]
    rows = [
        {
            "id": name,
            "service": name,
            "organization": name,
            "kind": "helpline",
            "fit": "specialist",
            "email": "help@example.org",
            "country": country,
            "serves": areas,
        }
        for name, country, areas in services
    ]
    return table(rows[0], rows)


def load(
    countries: tuple[str, ...], feed: Feed = STARTER, file: SourceFile | None = None, at: datetime = FIRST
) -> ImportRun:
    plan = plan_import(feed, file or a_list(), countries=countries)
    return apply_plan(plan=plan, at=at)


def shown() -> list[str]:
    names = Service.objects.published().order_by("name").values_list("name", flat=True)
    assert Listing.objects.count() == len(names)
    return list(names)


@pytest.mark.parametrize(
    ("countries", "names"),
    [
        (ALL, EVERYTHING),
        (("GB",), ["Across the Atlantic", "British line", "Says no place", "World forum"]),
        (("US", "IE"), ["Across the Atlantic", "American group", "Says no place", "World forum"]),
        (("NZ",), ["Says no place", "World forum"]),
    ],
)
def test_services_of_these_countries_and_of_the_world_are_loaded(
    places: None, countries: tuple[str, ...], names: list[str]
) -> None:
    run = load(countries)
    assert shown() == names
    assert Service.objects.count() == len(names)
    assert run.counts["left_out_reasons"] == ({OTHER_COUNTRY: 5 - len(names)} if len(names) < 5 else {})


def test_of_a_list_of_one_country_nothing_is_read_for_another() -> None:
    file = some_rows(HealthCenters(), lambda row: row["city"] == "Adak")
    assert load(("GB", "IE"), HealthCenters(), file).counts["left_out"] == 1
    assert not Service.objects.exists()


def test_a_country_taken_out_later_withdraws_its_untouched_services_and_returns(places: None) -> None:
    load(ALL)
    Service.objects.filter(name="Across the Atlantic").update(last_modified=EDITED)
    run = load(("GB",), at=LATER)
    assert shown() == ["Across the Atlantic", "British line", "Says no place", "World forum"]
    withdrawn = Service.objects.get(name="American group")
    assert (withdrawn.status, withdrawn.status_reason, withdrawn.held) == ("inactive", OTHER_COUNTRY, True)
    assert run.counts["withdrawn_by_rule"] == 1
    assert load(("GB",), at=LATER + DAY).counts["withdrawn_by_rule"] == 0
    load(("NZ",), at=LATER + 2 * DAY)  # the edited one is nobody's to withdraw but the curator's
    assert shown() == ["Across the Atlantic", "Says no place", "World forum"]
    load(ALL, at=LATER + 3 * DAY)
    assert shown() == EVERYTHING


def test_a_withdrawal_can_be_undone(places: None) -> None:
    load(ALL)
    before = everything(Service)
    run = load(("GB",), at=LATER)
    undo_import(run=run, at=LATER + DAY)
    assert shown() == EVERYTHING
    assert everything(Service) == before
