"""A curator's tasks in a real browser, with the pages, actions and failed saves that each takes.

An action is one thing done: a field typed into, a value chosen, a box or a button pressed.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.geo.names import fold
from resources.models import Place, Service
from resources.vocabulary import Fit, Status
from tests.browser.admin.desk import sign_in_page
from tests.build import build_location, build_service, build_services
from tests.resources.admin.desk import add_address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline", "complaints")]


class Task:
    """Does things on a page and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions, self.pages, self.failed = page, 0, 0, 0
        page.on("framenavigated", self._count_page)

    def _count_page(self, _frame: object) -> None:
        self.pages += 1

    def fill(self, field: str, text: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").fill(text)

    def choose(self, field: str, value: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").select_option(value)

    def check(self, field: str, label: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").get_by_label(label, exact=True).check()

    def press(self, button: Locator) -> None:
        self.actions += 1
        button.click()
        self.page.wait_for_load_state("load")
        self.failed += self.page.locator(".problems").count()

    def publish(self) -> None:
        self.press(self.page.get_by_role("button", name="Save and publish"))
        expect(self.page.locator(".messagelist")).to_contain_text("published")

    @property
    def figures(self) -> tuple[int, int]:
        return self.actions, self.failed


@pytest.fixture
def task(page: Page, live_server: LiveServer) -> Task:
    Place.objects.create(
        kind="town",
        country="US",
        name="Fort Worth",
        name_key=fold("Fort Worth"),
        region="TX",
        latitude=32.75,
        longitude=-97.33,
        population=900_000,
    )
    sign_in_page(page, live_server.url)
    page.goto(live_server.url + add_address(Service))
    return Task(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_new_group_takes_twelve_actions_and_no_failed_save(task: Task, width: int) -> None:
    task.page.set_viewport_size({"width": width, "height": 800})
    task.choose("kind", "support_group")
    task.fill("new_organization", "Hope Church")
    task.fill("name", "Fort Worth evening group")
    task.fill("phones-0-number", "(817) 555-0142")
    task.fill("where", "Hope Church, 1 Main St, Fort Worth, TX")
    task.fill("schedules-0-description", "2nd and 4th Wednesday 6:30-8pm")
    task.check("losses", "Miscarriage")
    task.fill("languages-0-code", "English")
    task.fill("languages-1-code", "Spanish")
    task.choose("cost_options-0-kind", "free")
    task.check("led_by", "Led by people who have had a similar loss")
    assert task.page.evaluate("document.documentElement.scrollWidth") <= width
    task.publish()
    assert task.figures == (12, 0)
    service = Service.objects.get()
    assert (service.status, service.fit) == (Status.ACTIVE, Fit.SPECIALIST)
    assert service.schedules.get().byday == "2WE,4WE"


def test_a_counselor_with_a_price_by_income(task: Task) -> None:
    task.choose("kind", "counselling")
    task.fill("new_organization", "Quiet Rooms")
    task.fill("name", "Quiet Rooms counseling")
    task.fill("url", "https://quiet.example.org/")
    task.fill("where", "Fort Worth, TX")
    task.check("losses", "Miscarriage")
    task.choose("cost_options-0-kind", "sliding_scale")
    task.fill("cost_options-0-amount", "40")
    task.fill("cost_options-0-amount_max", "90")
    task.choose("cost_options-0-unit", "session")
    task.check("led_by", "Led by a professional")
    task.publish()
    assert task.figures == (12, 0)
    assert Service.objects.get().cost_options.get().currency == "USD"


def test_a_forum_is_asked_for_no_fees(task: Task) -> None:
    task.choose("kind", "forum")
    expect(task.page.locator("#part-cost")).not_to_have_attribute("open", "")
    expect(task.page.locator("#id_cost_options-0-amount")).to_be_hidden()
    task.fill("new_organization", "Night Board")
    task.fill("name", "Night Board")
    task.fill("url", "https://board.example.org/")
    task.check("losses", "Stillbirth")
    task.publish()
    assert task.figures == (6, 0)


def test_a_helpline(task: Task) -> None:
    task.choose("kind", "helpline")
    task.fill("new_organization", "Lantern")
    task.fill("name", "Lantern line")
    task.fill("phones-0-number", "+1 817 555 0142")
    task.fill("service_areas-0-area", "Oregon")
    task.choose("fit", "perinatal_or_grief")
    task.publish()
    assert task.figures == (7, 0)
    assert Service.objects.get().service_areas.get().area == "US-OR"


def test_texas_not_checked_for_a_year_ten_are_assured_and_undone_as_one(
    task: Task, live_server: LiveServer
) -> None:
    build_services(
        (f"Dallas {number}" for number in range(10)), at=[build_location()], assured_date="2020-01-01"
    )
    build_service("Oregon", at=[build_location(region="OR")])
    page = task.page
    page.goto(f"{live_server.url}/admin/resources/service/")
    task.actions += 1
    page.get_by_label("By state or region").fill("Texas")
    page.get_by_label("By state or region").press("Enter")
    task.press(page.get_by_role("link", name="Not for a year"))
    expect(page.locator("#result_list tbody tr")).to_have_count(10)
    task.actions += 2
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("assure_selected")
    task.press(page.get_by_role("button", name="Go"))
    task.actions += 1
    page.get_by_label("By phone").check()
    task.press(page.get_by_role("button", name="Still correct"))
    expect(page.locator(".messagelist")).to_contain_text("10 services: checked today")
    assert not Service.objects.filter(name__startswith="Dallas", assured_date="2020-01-01").exists()
    task.press(page.get_by_role("button", name="Undo all 10"))
    expect(page.locator(".messagelist")).to_contain_text("Undone: 10 services")
    assert Service.objects.filter(assured_date="2020-01-01").count() == 10
    assert task.figures == (8, 0)
