"""The Python lock files: each package pinned and hashed, no address of a registry in them."""

import re

import pytest
from prepare.paths import CHECKOUT

LOCKS = sorted((CHECKOUT / "scripts" / "locks").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_package_is_pinned_with_hashes(lock):
    joined = lock.read_text("utf-8").replace("\\\n", " ")
    entries = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    assert entries
    assert [entry for entry in entries if not re.match(r"[\w.\[\]-]+==\S+\s.*--hash=sha256:", entry)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_asked_for_is_locked(lock):
    def names(text):
        found = re.findall(r"^([A-Za-z0-9][\w.-]*)", text, flags=re.MULTILINE)
        return {re.sub(r"[-_.]+", "-", name).lower() for name in found}

    assert names(lock.with_suffix(".in").read_text("utf-8")) <= names(lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_registry_is_named(lock):
    assert "://" not in lock.read_text("utf-8")
