"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from gis.accounts.models import User
from tests import emptying

# A property that holds does so on a busy machine too; how long an example takes is not what these tests are about.
# The suite draws the same examples each time, so that it says the same of the same code; the slow run draws new ones.
hypothesis_settings.register_profile("patient", deadline=None, derandomize=True)
hypothesis_settings.register_profile("searching", deadline=None)
hypothesis_settings.load_profile("patient")

emptying.install()


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr") == "slow":
        hypothesis_settings.load_profile("searching")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path: Path) -> None:
    """Files of one test are not seen by the next."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def own_language(settings) -> Iterator[None]:
    """A page asked for in English leaves its language in the thread; the next test begins in Chinese again."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def logged_in():
    """``logged_in(user)`` is a client that is logged in as `user`."""

    def log_in(user: User, **defaults: str) -> Client:
        client = Client(**defaults)
        client.force_login(user)
        return client

    return log_in
