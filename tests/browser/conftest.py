"""A real Chromium on the real application. Page errors, console errors and requests that leave the machine fail the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from gis.accounts.models import User

# Playwright keeps an event loop running in the test's thread; Django would refuse its ordinary queries there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("YUDI_TEST_CHROMIUM", "/usr/bin/chromium")
TIMEOUT_MS = int(os.environ.get("YUDI_TEST_BROWSER_TIMEOUT_MS", "15000"))
SCREENSHOTS = settings.BASE_DIR / "var" / "screenshots"
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def server(transactional_db: None, live_server: Any) -> Any:
    """The application on a port of its own, with a database that the browser's requests see."""
    return live_server


class Watch:
    """Collects what must not happen. `forgive` names words of console errors that a test provokes on purpose."""

    def __init__(self, host: str) -> None:
        self.hosts = {host}
        self.wrong: list[str] = []
        self._forgiven: list[str] = []

    def forgive(self, words: str) -> None:
        self._forgiven.append(words)

    def allow(self, host: str) -> None:
        """A server of the office's besides the application, such as that of a base map."""
        self.hosts.add(host)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in self._forgiven):
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_page_error(self, error: Any) -> None:
        self.wrong.append(f"page error: {error}")

    def on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc not in self.hosts:
            self.wrong.append(f"request to another host: {request.url}")


@pytest.fixture
def watch(server: Any) -> Iterator[Watch]:
    watching = Watch(urlsplit(server.url).netloc)
    yield watching
    assert not watching.wrong, "\n".join(watching.wrong)


@pytest.fixture
def new_context(chromium: Browser, server: Any, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """``new_context(user=None, viewport=DESK, language="zh-hans")``: a browser of its own, logged in as `user`."""
    opened: list[BrowserContext] = []

    def make(
        user: User | None = None, *, viewport: dict[str, int] = DESK, language: str = "zh-hans", **options: Any
    ) -> BrowserContext:
        context = chromium.new_context(
            base_url=server.url, viewport=viewport, locale="zh-CN" if language == "zh-hans" else "en-GB", **options
        )
        context.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        context.on("console", watch.on_console)
        context.on("weberror", lambda error: watch.on_page_error(error.error))
        context.on("request", watch.on_request)
        cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server.url}]
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url})
        context.add_cookies(cookies)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def office_page(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """``office_page(user, **new_context options)``: a page of the office, logged in."""

    def make(user: User | None = None, **options: Any) -> Page:
        return new_context(user, **options).new_page()

    return make


@pytest.fixture
def screenshot() -> Callable[..., Path]:
    """``screenshot(page, "name")`` keeps a picture under var/screenshots/ for people to look at."""

    def take(page: Page, name: str, *, full: bool = False) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path: Path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full)
        return path

    return take
