"""The list of services answers a curator's questions: filters, search, saved views, export."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from resources.models import DuplicatePair, SavedView, Schedule, Service, ServiceAtLocation
from resources.vocabulary import Cost, Kind, Status
from tests.build import build_location, build_organization, build_service
from tests.resources.admin.desk import build_curator, messages_of, sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:resources_service_changelist")
VIEWS = reverse("admin:resources_service_views")


def names(client: Client, query: str) -> set[str]:
    return {service.name for service in client.get(f"{LIST}?{query}").context["cl"].queryset}


@pytest.fixture
def _services(db: None) -> None:
    long_ago, lately = (timezone.localdate() - timedelta(days=days) for days in (400, 10))
    dallas = build_location(address_1="700 Elm Street", postal_code="75201")
    portland = build_location((45.5, -122.6), city="Portland", region="OR", postal_code="97201")
    build_service("Old in Dallas", at=[dallas], assured_date=long_ago, cost=Cost.FREE, languages=["en"])
    build_service("New in Dallas", at=[dallas], assured_date=lately, organization=build_organization("HAND"))
    build_service("Serves Texas", areas=["US-TX"], phone="", kind=Kind.FORUM)
    build_service("In Portland", at=[portland], url="https://kind.example.org/", phone="503-555-0142")
    Schedule.objects.create(
        service_at_location=ServiceAtLocation.objects.get(location=portland), description="Mondays"
    )
    build_service("World", areas=["*"], status=Status.INACTIVE)
    first, second = Service.objects.filter(name__endswith="Dallas").order_by("pk")
    DuplicatePair.objects.create(first=first, second=second, reasons=["phone"])


@pytest.mark.usefixtures("_services")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("region=Texas&checked=365", {"Old in Dallas", "Serves Texas"}),
        ("region=US-TX&missing=phone", {"Serves Texas"}),
        ("region=Oregon", {"In Portland"}),
        ("town=portland", {"In Portland"}),
        ("organization_name=han", {"New in Dallas"}),
        ("checked=never", {"Serves Texas", "In Portland", "World"}),
        ("checked=730", {"Serves Texas", "In Portland", "World"}),
        ("missing=price", {"New in Dallas", "Serves Texas", "In Portland", "World"}),
        ("missing=language", {"New in Dallas", "Serves Texas", "In Portland", "World"}),
        ("missing=place", {"Serves Texas", "World"}),
        ("missing=area", {"Old in Dallas", "New in Dallas", "In Portland"}),
        ("missing=hours", {"Old in Dallas", "New in Dallas", "Serves Texas", "World"}),
        ("country=US", {"Old in Dallas", "New in Dallas", "Serves Texas", "In Portland"}),
        ("duplicate=yes", {"Old in Dallas", "New in Dallas"}),
        ("kind__exact=forum", {"Serves Texas"}),
        ("q=portland", {"In Portland"}),
        ("q=97201", {"In Portland"}),
        ("q=555-0142", {"In Portland"}),
        ("q=elm", {"Old in Dallas", "New in Dallas"}),
        ("q=dallas+elm", {"Old in Dallas", "New in Dallas"}),
        ("q=HAND", {"New in Dallas"}),
        ("q=portland&missing=phone", set()),
    ],
)
def test_a_question_is_answered(desk: Client, query: str, expected: set[str]) -> None:
    assert names(desk, query) == expected


@pytest.mark.usefixtures("_services")
@pytest.mark.parametrize(
    "query",
    [
        "kind__exact=circus",
        "status__exact=gone",
        "region=Narnia",
        "missing=nonsense",
        "checked=soon",
        "country=XX",
        "source=nowhere",
        "duplicate=no",
        "town=Narnia",
        "organization_name=Nobody",
        "held=no+such+reason",
    ],
)
def test_a_filter_that_names_nothing_lists_nothing_and_says_so(desk: Client, query: str) -> None:
    answer = desk.get(f"{LIST}?{query}")
    assert not answer.context["cl"].queryset.exists()
    assert "Nothing is listed" in messages_of(answer)


@pytest.mark.usefixtures("_services")
def test_the_list_says_what_is_listed_how_much_and_which_filters_are_in_use(desk: Client) -> None:
    answer = desk.get(f"{LIST}?region=Texas&checked=365")
    rows = {row.name: row for row in answer.context["cl"].result_list}
    page = answer.context["cl"].model_admin
    assert page.reaches(rows["Old in Dallas"]) == "Dallas, TX"
    assert page.cost(rows["Old in Dallas"]) == "Free"
    assert "Not stated" in page.cost(rows["Serves Texas"])
    assert "Never" in page.checked(rows["Serves Texas"])
    shown = answer.content.decode()
    assert "2 of 5" in shown
    assert "<h1>Services</h1>" in shown
    clear = {chip["name"]: chip["clear"] for chip in answer.context["chips"]}
    assert clear == {
        "State or region: Texas": "?checked=365",
        "Checked: Not for a year": "?region=Texas",
    }
    quick = {str(chip["name"]): chip for chip in answer.context["quick"]}
    numbers = {name: chip["number"] for name, chip in quick.items()}
    assert numbers == {"Made for loss": 2, "No phone": 1, "No price": 1}
    for name, number in numbers.items():
        assert desk.get(LIST + quick[name]["url"]).context["cl"].result_count == number, name


def test_a_view_is_saved_under_a_name_and_is_ones_own(desk: Client) -> None:
    query = "region=Texas&checked=365&p=3"
    answer = desk.post(VIEWS, {"name": "Texas, a year", "query": query}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("region=Texas&checked=365"), "a page number is no filter"
    assert "Texas, a year" in answer.content.decode()
    desk.post(VIEWS, {"name": "Texas, a year", "query": "region=Oregon"})
    assert SavedView.objects.get().query == "region=Oregon"
    other = sign_in(Client(), build_curator("grace"))
    assert "Texas, a year" not in other.get(LIST).content.decode()
    other.post(VIEWS, {"delete": "Texas, a year"})
    assert SavedView.objects.exists()
    desk.post(VIEWS, {"delete": "Texas, a year"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "query": "q=a"},
        {"name": "<b>x</b>", "query": "q=a"},
        {"name": "x" * 61, "query": "q=a"},
        {},
    ],
)
def test_a_view_without_a_good_name_is_refused_in_words(desk: Client, typed: dict[str, str]) -> None:
    answer = desk.post(VIEWS, typed, follow=True)
    assert messages_of(answer)
    assert not SavedView.objects.exists()
    assert desk.get(VIEWS).status_code == 405
