"""The pictures of the README and of docs/: the shipped data, served and seen by a headless Chromium.

`bin/screenshots` runs it. Each picture is 1280 pixels wide.
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
