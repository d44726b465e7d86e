"""The way into the desk for a browser, and what a task takes there."""

from __future__ import annotations

from collections.abc import Sequence

from django.test import Client
from playwright.sync_api import Locator, Page, expect

from resources.vocabulary import Role
from tests.resources.admin.desk import build_curator, sign_in

Step = tuple[str, ...]


def sign_in_page(page: Page, url: str, role: Role = Role.EDITOR) -> None:
    """Signs a curator in by the cookie alone; the way in itself is walked in a curator's morning."""
    session = sign_in(Client(), build_curator(role=role)).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": url}])


def open_record(page: Page, url: str) -> None:
    """Opens the form of a saved service with all its parts unfolded."""
    page.goto(url)
    page.get_by_role("button", name="Open all parts").click()


class Task:
    """Does things on a page and counts them.

    An action is one thing done: a field typed into, a value chosen, a box or a button pressed; a page is one
    that comes, the first one too.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.actions = self.pages = self.failed = 0
        page.on("framenavigated", self._count_page)

    def _count_page(self, _frame: object) -> None:
        self.pages += 1

    def begin(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.actions, self.pages, self.failed = 0, 1, 0

    def fill(self, field: str, text: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").fill(text)

    def choose(self, field: str, value: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").select_option(value)

    def check(self, field: str, label: str) -> None:
        self.actions += 1
        self.page.locator(f"#id_{field}").get_by_label(label, exact=True).check()

    def label(self, label: str, text: str = "") -> None:
        """Fill the field of this label, or check the box."""
        self.actions += 1
        found = self.page.get_by_label(label).first
        if text:
            found.fill(text)
        else:
            found.check()

    def open(self, row: str, words: str) -> None:
        self.actions += 1
        self.page.locator(f"#{row} summary", has_text=words).click()

    def press(self, button: Locator | str) -> None:
        """Press a button, named or found."""
        self.actions += 1
        if isinstance(button, str):
            button = self.page.get_by_role("button", name=button, exact=True)
        button.click()
        self.page.wait_for_load_state("load")
        self.failed += self.page.locator(".problems").count()

    def follow(self, link: str) -> None:
        self.press(self.page.get_by_role("link", name=link, exact=True).first)

    def publish(self) -> None:
        self.press(self.page.get_by_role("button", name="Save and publish"))
        self.told("published")

    def told(self, words: str) -> None:
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def do(self, steps: Sequence[Step]) -> None:
        for name, *given in steps:
            getattr(self, name)(*given)

    @property
    def figures(self) -> tuple[int, int, int]:
        """Pages, actions and failed saves."""
        return self.pages, self.actions, self.failed
