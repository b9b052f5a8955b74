"""Where the private cluster's data lie when the database's user may not enter the checkout."""

import shutil

import pytest
from prepare import home, owner, postgres
from prepare.paths import Paths

pytestmark = pytest.mark.skipif(not postgres.installations(), reason="no PostgreSQL with PostGIS")


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A checkout whose data had to be put elsewhere."""
    monkeypatch.setattr(home, "OUTSIDE", tmp_path / "lib")
    monkeypatch.setattr(owner.Owner, "may_enter", lambda self, folder: False)
    first = Paths(tmp_path / "first", tmp_path / "first" / "var")
    home.make_home(first)
    return first


def test_unreachable_checkout_keeps_its_data_elsewhere_behind_a_link(outside):
    assert outside.cluster_home.is_symlink()
    assert home.has_home(outside)


def test_copied_checkout_does_not_share_the_data(outside, tmp_path):
    copy = Paths(tmp_path / "copy", tmp_path / "copy" / "var")
    shutil.copytree(outside.checkout, copy.checkout, symlinks=True)
    assert not home.has_home(copy)
    home.make_home(copy)
    assert copy.cluster_home.resolve() != outside.cluster_home.resolve()
    assert home.has_home(outside)


def test_moved_checkout_keeps_its_data(outside, tmp_path):
    data = outside.cluster_home.resolve()
    outside.checkout.rename(tmp_path / "moved")
    moved = Paths(tmp_path / "moved", tmp_path / "moved" / "var")
    assert not home.has_home(moved)
    home.make_home(moved)
    assert home.has_home(moved)
    assert moved.cluster_home.resolve() == data
