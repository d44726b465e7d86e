"""What the desk asks of the database with 20,000 services, or a tenth of them: no more than with one.

How long it takes is measured by `python -m benchmarks.desk`; here nothing depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from benchmarks.desk import LISTINGS, SERVICES, fill_the_desk
from benchmarks.making import make_listings
from resources.models import Service
from resources.search.version import clear_cached_version
from resources.vocabulary import Role
from tests.examples import PROFILE
from tests.resources.admin.desk import address, build_curator, sign_in
from tests.world import build_places

# It is for this mark that pytest-django makes a database at all: without it the operator's own would be used.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("both are asked the same number of times"),
    pytest.mark.slow("makes thousands of listings"),
]

TODAY = reverse("admin:index")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
PART = 1 if PROFILE == "nightly" else 10  # still far more pages than any query may depend on


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Client]]:
    """A reviewer and an editor of a region, before all these services; nothing of it is committed."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        with transaction.atomic():
            build_places()
            make_listings(number=LISTINGS // PART, seed=1, at=NOW - timedelta(days=1))
            assert Service.objects.count() >= SERVICES // PART
            fill_the_desk(NOW)
            yield {
                "reviewer": sign_in(Client(), build_curator("grace", Role.REVIEWER)),
                "editor": sign_in(Client(), build_curator("tex", regions=["US-TX", "GB"])),
            }
            transaction.set_rollback(True)
        clear_cached_version()


# Who signed in (5); the counts (5: one of them for all that are services); a page: the ids (1 for each reason
# it touches), services with what one needs to get in touch (8), claims, drafts, whom to call first (5, on
# the first page until there is a check); the charts (4: kept until
# something changes, so each test makes them). An editor with a region asks more: which reports and services
# are there.
@pytest.mark.parametrize(
    ("who", "query", "queries"),
    [
        ("reviewer", "", 33),
        ("reviewer", "?page=2", 30),
        ("reviewer", "?page=400", 30),
        ("reviewer", "?page=99999", 30),
        ("reviewer", "?reason=held", 31),
        ("reviewer", "?reason=overdue&page=99999", 30),
        ("reviewer", "?scope=mine", 20),
        ("editor", "?scope=all&page=300", 29),
        ("editor", "?scope=region", 37),
        ("editor", "?scope=region&page=99999", 31),
    ],
)
def test_today_asks_a_fixed_number_of_questions_on_every_page(
    desk: dict[str, Client],
    who: str,
    query: str,
    queries: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(queries):
        assert desk[who].get(f"{TODAY}{query}").status_code == 200


def test_the_next_one_is_found_without_reading_the_queue(
    desk: dict[str, Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25):
        assert desk["editor"].post(reverse("admin:resources_claim_next")).status_code == 302


# The list itself (15), and the numbers of its five quick filters; where few are listed, their ids.
@pytest.mark.parametrize(
    "query", ["", f"?p={80 // PART}", "?status__exact=active&o=1", "?q=rainbow", "?country=GB"]
)
def test_the_list_of_services_asks_a_fixed_number_of_questions(
    desk: dict[str, Client], query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = f"{reverse('admin:resources_service_changelist')}{query}"
    with django_assert_max_num_queries(21):
        assert desk["reviewer"].get(page).status_code == 200


def test_the_page_of_a_service_asks_no_more_than_it_has_parts(
    desk: dict[str, Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for service in Service.objects.published().order_by("pk")[:5]:
        with django_assert_max_num_queries(80):
            assert desk["reviewer"].get(address(service)).status_code == 200
