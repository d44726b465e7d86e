"""The way into the desk for a browser."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Page

from tests.resources.admin.desk import build_curator, sign_in


def sign_in_page(page: Page, url: str) -> None:
    """Signs a curator in by the cookie alone; the way in itself is walked in a curator's morning."""
    session = sign_in(Client(), build_curator()).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": url}])
