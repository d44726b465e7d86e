"""The pictures of the README and of docs/: the shipped data, served and seen by a headless Chromium.

`bin/screenshots` runs it. README.md and the admin are shown 1280 pixels wide, the other pages as on a phone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import BROWSER_FLAGS, CHROMIUM
from tests.trial.databases import SqliteFile
from tests.trial.deploy import SET_UP_THE_PHONE, code_for
from tests.trial.product import ROOT, Product

FOLDER = ROOT / "docs" / "screenshots"
SIZE = ViewportSize(width=1280, height=1400)
PHONE = ViewportSize(width=390, height=844)
# {name of the picture: address}; what has an id is found by its name.
PAGES = {
    "home": "/",
    "results-phone": "/search/?near=75201",
    "organization": "/search/?q=postpartum+support+international",
    "browse": "/browse/us/tx/",
    "handout": "/handout/?near=75201",
    "urgent": "/urgent/",
    "after": "/after/practical/",
    "calls": "/calls/",
}
PASSWORD = "seven quiet herons at dawn"
PHONE_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        product = Product(SqliteFile(Path(folder, "directory.sqlite3")).url, log=Path(folder, "log"))
        product.environment["CURATOR_PASSWORD"] = PASSWORD
        product.manage("collectstatic", "--noinput", "--verbosity", "0")
        product.manage("migrate", "--verbosity", "0")
        product.manage("load_places")
        product.manage("load_catalogue")
        product.manage("make_curator", "--username", "ada", "--no-input")
        product.manage("shell", "--verbosity", "0", "--command", SET_UP_THE_PHONE.format(key=PHONE_KEY))
        with product.served(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
            take_all(browser.new_page(viewport=SIZE, locale="en-US"), product.url)
            browser.close()


def take_all(page: Page, url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    page.goto(f"{url}/search/?near=75201")
    page.screenshot(path=FOLDER / "results.png")
    page.goto(f"{url}/search/?near=75201&kind=clinic&sort=distance")
    page.locator("a[href*='/services/']").first.click()
    page.screenshot(path=FOLDER / "service.png")
    take_phone(page, url)
    page.goto(f"{url}/admin/")
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.locator("[name=code]").fill(code_for(PHONE_KEY))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"{url}/admin/")
    page.screenshot(path=FOLDER / "today.png")


def take_phone(page: Page, url: str) -> None:
    """Each page as its first screen shows it; the hand-out as the sheet that is printed."""
    page.set_viewport_size(PHONE)
    for name, address in PAGES.items():
        page.goto(f"{url}{address}")
        if name == "organization":
            page.locator("main a[href*='/organizations/']").first.click()
        part = page.locator(".sheet") if name == "handout" else page
        part.screenshot(path=FOLDER / f"{name}.png")
    page.goto(f"{url}/search/?kind=support_group&near=75201")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("link", name="My list").first.click()
    page.screenshot(path=FOLDER / "shortlist.png")
    page.locator("main a[href*='/services/']").first.click()
    page.get_by_role("link", name="Report a problem").first.click()
    page.screenshot(path=FOLDER / "report.png")
    page.set_viewport_size(SIZE)


if __name__ == "__main__":
    main()
