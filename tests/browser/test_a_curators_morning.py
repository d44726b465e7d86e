"""A curator's morning, in a real browser, on the product as a public site serves it: https and two steps."""

from __future__ import annotations

import json
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests import prepared
from tests.prepared import CACHE
from tests.resources.admin.desk import PHONE_KEY, code_of
from tests.trial.certificate import make_certificate
from tests.trial.databases import SqliteFile
from tests.trial.product import Product, trusting_all

PASSWORD = "seven quiet herons at dawn"
SERVICES = 40
REPLY_TO = "suggester@reply.example.org"
SET_UP = f"""
from django.contrib.auth.models import User
from django.core.management import call_command
from benchmarks.make_listings import main
from tests.resources.admin.desk import give_phone
from tests.world import build_places
build_places()
main(["{SERVICES}", "--seed", "7"])
call_command("make_curator", username="ada", interactive=False)
give_phone(User.objects.get(username="ada"), "{PHONE_KEY}")
"""


@pytest.fixture
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    database = SqliteFile(tmp_path / "directory.sqlite3")
    cache = request.config.stash[CACHE]
    shutil.copy(prepared.empty_database(cache), database.file)
    product = Product(
        database.url,
        log=tmp_path / "log",
        certificate=make_certificate(tmp_path),
        static=prepared.static_files(cache),
    )
    product.environment["CURATOR_PASSWORD"] = PASSWORD
    product.manage("shell", "--verbosity", "0", "--command", SET_UP)
    with product.served():
        yield product


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture
def complaints(context: BrowserContext, complaints: list[str], product: Product) -> list[str]:
    """It is a complaint, too, if anyone else was asked."""

    def see(asked: Request) -> None:
        if not asked.url.startswith(product.url):
            complaints.append(asked.url)

    context.on("request", see)
    return complaints


def api(product: Product, path: str) -> Any:
    context: ssl.SSLContext = trusting_all()
    with urlopen(f"{product.url}/api/v1/{path}", context=context, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def write_to_us(page: Page, address: str, **typed: str) -> None:
    """A visitor fills in a form of ours."""
    page.goto(address)
    for fold in page.locator("summary", has_text="Correct single details").all():
        fold.click()
    for label, words in typed.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(words)


@pytest.mark.usefixtures("complaints")
def test_a_curators_morning(page: Page, context: BrowserContext, product: Product, tmp_path: Path) -> None:
    database = SqliteFile(tmp_path / "directory.sqlite3")
    listed = api(product, "listings/?sort=name")["results"][0]["service"]

    # The evening before, two visitors write to us.
    other = context.new_page()
    write_to_us(page, f"{product.url}/services/{listed['id']}/correct/", Name="Evening circle, renamed")
    write_to_us(
        other,
        f"{product.url}/suggest/",
        Name="Lantern group",
        Web_page="https://lantern.example.org/",
        **{"How can we reach you if you would like a reply?": REPLY_TO},
    )
    page.wait_for_timeout(3_100)  # quicker than this is no person
    for each in (page, other):
        each.get_by_role("button", name="Send").click()
        expect(each.get_by_role("heading", level=1)).to_contain_text("Thank you")
    other.close()
    assert context.cookies() == [], "who writes to us is given no cookie"

    sign_in(page, product)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert all(name.startswith("__Host-") and cookie["secure"] for name, cookie in cookies.items())
    page.screenshot(path=tmp_path / "today.png", full_page=True)

    # A correction is taken over from the queue.
    queue = page.locator(".queue")
    queue.get_by_role("link", name=listed["name"], exact=True).first.click()
    page.get_by_label("Accept: Name").check()
    page.get_by_role("button", name="Accept selected").click()
    expect(page.locator(".messagelist")).to_contain_text("accepted")
    assert api(product, f"services/{listed['id']}/")["name"] == "Evening circle, renamed"

    # A suggestion becomes a service, and is published.
    page.goto(f"{product.url}/admin/")
    queue.get_by_role("link", name="Lantern group", exact=True).first.click()
    expect(page.get_by_text(REPLY_TO)).to_be_visible()
    page.get_by_role("button", name="Accept selected").click()
    expect(page.get_by_text("Choose what kind of support it is.")).to_be_visible()
    page.get_by_label("What kind of support is it?").select_option("support_group")
    page.get_by_label("Accept: Web page").check()
    page.get_by_role("button", name="Accept selected").click()
    expect(page.get_by_text("Service created, not published yet.")).to_be_visible()
    assert api(product, "listings/?q=lantern")["count"] == 0, "nothing is public before it is published"
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Lantern group: published.")).to_be_visible()
    page.wait_for_timeout(1_100)  # each worker looks for changes once a second
    assert api(product, "listings/?q=lantern")["results"][0]["service"]["name"] == "Lantern group"

    # Ten are checked at once, and undone as one.
    page.goto(f"{product.url}/admin/")
    ticks = queue.get_by_role("checkbox")
    for number in range(10):
        ticks.nth(number).check()
    page.get_by_role("button", name="Mark selected as still correct").click()
    page.get_by_label("By phone").check()
    page.get_by_role("button", name="Still correct").click()
    expect(page.locator(".messagelist")).to_contain_text("10")
    assert checked(database) == 10
    page.get_by_text("Services changed", exact=True).click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".messagelist")).to_contain_text("Undone")
    assert checked(database) == 0

    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{product.url}/admin/")
    expect(page.get_by_label("Password")).to_be_visible()

    # What the suggester left for an answer went with the decision.
    assert database.rows("SELECT * FROM resources_replyaddress") == []
    assert REPLY_TO not in (tmp_path / "log").read_text()


def checked(database: SqliteFile) -> int:
    """How many services were checked today."""
    [(number,)] = database.rows("SELECT COUNT(*) FROM resources_service WHERE assured_date = date('now')")
    return int(number)


def sign_in(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/admin/")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code_of())
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".queue")).to_be_visible()
