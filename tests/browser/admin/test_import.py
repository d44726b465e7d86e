"""A hospital's own spreadsheet, from its upload to visitors and back out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from resources.models import ImportRun, Service
from resources.vocabulary import Role, Status
from tests import messy
from tests.api.asking import build_place
from tests.browser.admin.desk import Task
from tests.browser.test_access import WCAG, faults_of
from tests.resources.admin.desk import build_curator, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reviewer(page: Page, live_server: LiveServer) -> Page:
    """A browser in which a reviewer is signed in, in a country whose places are known."""
    build_place("Dallas", "US", region="TX", county="Dallas County", latitude=32.78, longitude=-96.8)
    build_place(
        "Dallas", "US", code="75235", region="TX", county="Dallas County", latitude=32.83, longitude=-96.84
    )
    client = sign_in(Client(), build_curator("grace", Role.REVIEWER))
    cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return page


@pytest.fixture
def spreadsheet(tmp_path: Path) -> Path:
    file = tmp_path / "hospital groups.xlsx"
    file.write_bytes(messy.workbook())
    return file


def upload(task: Task, file: Path) -> None:
    task.begin("/admin/")
    task.follow("Import")
    task.actions += 1
    task.page.get_by_label("Spreadsheet").set_input_files(file)
    task.label("Name of the new list", "Riverside Hospital")
    task.press("Upload and check")


def map_columns(task: Task) -> None:
    """What the file lacks: whose groups, what they are, and two columns that nobody needs."""
    page = task.page
    expect(page.get_by_text("lacks the column")).to_be_visible()
    for label, value in (
        ("Contact", ""),
        ("Notes", "description"),
        ("Kind", "support_group"),
        ("Country", "US"),
    ):
        task.actions += 1
        page.get_by_label(label, exact=label in ("Contact", "Notes")).select_option(value)
    task.label("Organization", "Riverside Hospital")
    task.press(page.get_by_text("Losses it names"))
    task.actions += 1
    page.get_by_label("Miscarriage", exact=True).check()
    task.press("Update the plan")


@pytest.mark.usefixtures("offline", "complaints")
def test_a_hospitals_spreadsheet_is_mapped_corrected_confirmed_found_and_undone(
    reviewer: Page, live_server: LiveServer, spreadsheet: Path
) -> None:
    page, task = reviewer, Task(reviewer, live_server.url)
    upload(task, spreadsheet)
    map_columns(task)
    expect(page.get_by_role("link", name="31 New")).to_be_visible()  # the line below the table, too

    price = page.locator("article", has_text="Circle of Hope 4")
    task.actions += 1
    price.get_by_label("Cost").fill("free")
    task.press(price.get_by_role("button", name="Correct this line"))
    expect(page.locator("article", has_text="“free?”")).to_have_count(0)
    task.follow("31 New")
    task.follow("2")
    last = page.locator("article", has_text="Call Jane with changes")
    task.press(last.get_by_role("button", name="Leave this line out"))
    expect(page.get_by_text("Line 34 is left out.")).to_be_visible()
    assert not Service.objects.exists()

    task.label("Publish now")
    task.press("Import 30 rows")
    expect(page.get_by_role("heading", name="What this import did")).to_be_visible()
    # The page of an upload loads itself again until the server has read the file: pages are not counted.
    assert (task.actions, task.failed) == (19, 0)
    published = Service.objects.filter(status=Status.ACTIVE)
    waiting = Service.objects.exclude(status=Status.ACTIVE)
    # Every fifth has no number that can be called, so nobody could reach it.
    assert (published.count(), {service.status_reason for service in waiting}) == (24, {"no contact details"})

    page.goto(f"{live_server.url}/search/?near=75235")
    expect(page.get_by_role("link", name="Circle of Hope 2", exact=True)).to_be_visible()
    page.get_by_role("link", name="Circle of Hope 2", exact=True).click()
    for words in ("$40 to $60", "653-0143", "653-0144", "75235"):
        expect(page.locator("main")).to_contain_text(words)

    page.goto(f"{live_server.url}/admin/resources/importrun/{ImportRun.objects.get().pk}/change/")
    page.get_by_role("link", name="See what it undoes").click()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("30 services were removed.")).to_be_visible()
    assert not Service.objects.exists()


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "width", [360, pytest.param(1280, marks=pytest.mark.nightly("what shuts anybody out does so on a phone"))]
)
def test_no_page_of_an_import_is_too_wide_or_shuts_anybody_out(
    reviewer: Page, live_server: LiveServer, spreadsheet: Path, width: int
) -> None:
    page = reviewer

    def fits(name: str) -> None:
        for each in (1280, 360, width):
            page.set_viewport_size({"width": each, "height": 800})
            assert page.locator("html").evaluate("html => html.scrollWidth") <= each, (name, each)
        assert faults_of(page, rules=WCAG) == [], name

    page.goto(f"{live_server.url}/admin/import/")
    fits("start")
    # The page of an upload loads itself again until the server has read the file.
    task = Task(page, live_server.url)
    upload(task, spreadsheet)
    expect(page.get_by_text("lacks the column")).to_be_visible()
    fits("columns")
    map_columns(task)
    expect(page.get_by_role("button", name="Import 31 rows")).to_be_visible()
    fits("plan")
    page.get_by_role("button", name="Import 31 rows").click()
    expect(page.get_by_role("heading", name="What this import did")).to_be_visible()
    fits("run")
    page.get_by_role("link", name="See what it undoes").click()
    fits("undo")
