"""A real browser for the tests of this folder, kept to this machine and to a clean console."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import handlers
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

# Playwright's plain calls run an event loop in the main thread, where Django would refuse its own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).parent
CI = os.environ.get("CI") == "true"
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # no other server is found
]


def find_chromium() -> str | None:
    """The browser `CHROME` names, or the first installed one; never one that a package brought with it."""
    named = [os.environ.get("CHROME"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    return next((path for path in named if path and os.access(path, os.X_OK)), None)


CHROMIUM = find_chromium()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser; without one it is skipped at home, and left to fail under CI=true."""
    no_browser = pytest.mark.skip(reason="no chromium on this machine; bin/missing says how to get it")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            if CHROMIUM is None and not CI:
                item.add_marker(no_browser)


@pytest.fixture(scope="session", autouse=True)
def _static_files_of_the_site() -> Iterator[None]:
    """The site's own middleware hands out the static files, as visitors get them.

    pytest-django's live server would put Django's handler in front, which knows only the unhashed names.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "StaticFilesHandler", lambda application: application)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("no chromium on this machine; bin/missing says how to get it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context_args(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What `Browser.new_context` takes; the mark of the same name adds to it, as may a file's own fixture."""
    marks = reversed(list(request.node.iter_markers("browser_context_args")))
    return {"locale": "en-GB"} | {name: value for mark in marks for name, value in mark.kwargs.items()}


@pytest.fixture(scope="session")
def _kept_contexts(browser: Browser) -> dict[str, BrowserContext]:
    """By what they were made with: a new one takes half a second of a processor."""
    return {}


@pytest.fixture
def context(
    browser: Browser, browser_context_args: dict[str, Any], _kept_contexts: dict[str, BrowserContext]
) -> Iterator[BrowserContext]:
    """Without pages, cookies or anything else of another test.

    What cannot be taken from a context again, such as its clock or a script, no test may give it.
    """
    made_with = repr(sorted(browser_context_args.items()))
    if made_with not in _kept_contexts:
        _kept_contexts[made_with] = browser.new_context(**browser_context_args)
    context = _kept_contexts[made_with]
    yield context
    _empty(context)


def _empty(context: BrowserContext) -> None:
    last, *others = context.pages or [context.new_page()]
    session = context.new_cdp_session(last)
    session.send("Network.clearBrowserCache")
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    context.clear_cookies()
    context.clear_permissions()
    context.set_geolocation(None)
    for page in (last, *others):
        page.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def offline(page: Page, live_server: LiveServer) -> Iterator[list[str]]:
    """Fails the test if the page asked another server than ours for anything; none could answer it.

    It listens rather than intercepts: a page whose requests are intercepted keeps nothing in its cache.
    """
    strangers: list[str] = []

    def hear(request: Request) -> None:
        if not request.url.startswith((f"{live_server.url}/", "data:", "blob:")):
            strangers.append(request.url)

    page.on("request", hear)
    yield strangers
    assert strangers == [], "the page asked a third party"


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """Fails the test if the browser refused anything on any page, or a script broke or wrote a line."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if str(message.type) != "verbose":  # advice to whoever builds a page, and no fault of it
            heard.append(message.text)

    def hear_fault(fault: WebError) -> None:
        heard.append(str(fault.error))

    context.on("console", hear)
    context.on("weberror", hear_fault)
    yield heard
    context.remove_listener("console", hear)
    context.remove_listener("weberror", hear_fault)
    assert heard == []
