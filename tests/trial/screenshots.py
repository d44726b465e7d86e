"""The pictures of the README and of docs/: the shipped data, served and seen by a headless Chromium.

`bin/screenshots` takes them all. `python -m tests.trial.screenshots URL` takes the visitors' pages of a
running product.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import BROWSER_FLAGS, CHROMIUM
from tests.trial.databases import SqliteFile
from tests.trial.deploy import SET_UP_THE_PHONE, code_for
from tests.trial.product import ROOT, Product

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP, PHONE = ViewportSize(width=1280, height=1000), ViewportSize(width=390, height=1000)
Scheme = Literal["light", "dark"]
# Each is a file, an address, a window and its colors.
PAGES: tuple[tuple[str, str, ViewportSize, Scheme], ...] = (
    ("home", "/", DESKTOP, "light"),
    ("home-phone", "/", PHONE, "light"),
    ("results", "/search/?near=75201", DESKTOP, "light"),
    ("results-phone", "/search/?near=75201", PHONE, "light"),
    ("results-phone-dark", "/search/?near=75201", PHONE, "dark"),
    ("filters-phone", "/search/?near=75201#filters", PHONE, "light"),
    ("map", "/search/?near=75201&map=1", DESKTOP, "light"),
    ("urgent-phone", "/urgent/?country=US", PHONE, "light"),
    ("region-dark", "/browse/us/tx/", DESKTOP, "dark"),
)
SERVICE = "/search/?near=75201&kind=clinic"  # the first of them has a price that depends on income
PASSWORD = "seven quiet herons at dawn"
PHONE_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        if len(sys.argv) > 1:
            take_pages(browser, sys.argv[1].rstrip("/"))
        else:
            take_all(browser)
        browser.close()


def take_all(browser: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder:
        product = Product(SqliteFile(Path(folder, "directory.sqlite3")).url, log=Path(folder, "log"))
        product.environment["CURATOR_PASSWORD"] = PASSWORD
        product.manage("collectstatic", "--noinput", "--verbosity", "0")
        product.manage("migrate", "--verbosity", "0")
        product.manage("load_places")
        product.manage("load_catalogue")
        product.manage("make_curator", "--username", "ada", "--no-input")
        product.manage("shell", "--verbosity", "0", "--command", SET_UP_THE_PHONE.format(key=PHONE_KEY))
        with product.served():
            take_pages(browser, product.url)
            take_today(browser.new_page(viewport=DESKTOP, locale="en-US"), product.url)


def take_pages(browser: Browser, url: str) -> None:
    """Take what visitors see."""
    FOLDER.mkdir(exist_ok=True)
    for name, address, window, scheme in PAGES:
        with browser.new_context(viewport=window, color_scheme=scheme, locale="en-US") as context:
            page = context.new_page()
            page.goto(f"{url}{address}")
            page.screenshot(path=FOLDER / f"{name}.png")
    with browser.new_context(viewport=DESKTOP, locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{url}/handout/?near=75201")
        page.locator(".sheet").screenshot(path=FOLDER / "handout.png")
    for name, window in (("service", DESKTOP), ("service-phone", PHONE)):
        with browser.new_context(viewport=window, locale="en-US") as context:
            page = context.new_page()
            page.goto(f"{url}{SERVICE}")
            page.locator("main a[href*='/services/']").first.click()
            page.wait_for_load_state()
            page.screenshot(path=FOLDER / f"{name}.png")


def take_today(page: Page, url: str) -> None:
    """Sign in, and take the first page of the admin."""
    page.goto(f"{url}/admin/")
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.locator("[name=code]").fill(code_for(PHONE_KEY))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"{url}/admin/")
    page.screenshot(path=FOLDER / "today.png")


if __name__ == "__main__":
    main()
