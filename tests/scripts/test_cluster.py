"""The private cluster, with real servers in folders of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from prepare import cluster as clusters
from prepare import owner, postgres
from prepare.cluster import Cluster
from prepare.console import SetupError

pytestmark = pytest.mark.skipif(
    not postgres.installations(), reason="no PostgreSQL with PostGIS; DATABASE_URL replaces the private one"
)


@pytest.fixture(scope="module")
def folder():
    """Enterable by the database's user, unlike pytest's own; its name has a blank and Han characters."""
    path = Path(tempfile.mkdtemp(prefix="yudi 试验 "))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def cluster(folder):
    home = folder / "pg"
    own = Cluster(home, owner.choose(home / "data"), postgres.installations()[0])
    own.owner.make_folder(home)
    own.create()
    own.start()
    own.furnish()
    yield own
    own.stop()
    shutil.rmtree(own.socket_folder)


def test_server_runs_as_an_ordinary_user(cluster):
    assert os.stat(f"/proc/{cluster.server_process()}").st_uid == cluster.owner.uid != 0


def test_server_listens_on_its_socket_only(cluster):
    assert cluster.psql("SHOW listen_addresses") == ""
    assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700


def test_server_is_utf8_and_knows_han_letters(cluster):
    assert cluster.psql("SHOW server_encoding") == "UTF8"
    assert cluster.psql("SELECT datcollate || ' ' || datctype FROM pg_database WHERE datname = 'template1'") == "C.UTF-8 C.UTF-8"


def test_databases_of_the_plain_role_have_the_extensions(cluster):
    cluster.psql(f"SET ROLE {clusters.ROLE};\nCREATE DATABASE made_by_role")
    assert cluster.psql("SELECT postgis_lib_version() IS NOT NULL, similarity('郑州市', '郑州')  > 0", "made_by_role") == "t|t"
    assert cluster.psql(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{clusters.ROLE}'") == "f"


def test_furnishing_twice_changes_nothing(cluster):
    assert cluster.is_furnished()
    cluster.furnish()


def test_pid_file_of_another_process_is_not_believed(cluster, folder):
    """A checkout copied while its database ran, or a container started anew, where the number belongs to someone else."""
    cluster.stop()
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        pid_file = cluster.data / "postmaster.pid"
        pid_file.write_text(f"{other.pid}\n{cluster.data}\n", "utf-8")
        assert not cluster.is_ready()
        cluster.start()
        assert cluster.is_ready()
        assert other.poll() is None
    finally:
        other.communicate()


def test_server_whose_socket_was_swept_away_is_started_anew(cluster):
    before = cluster.server_process()
    shutil.rmtree(cluster.socket_folder)
    assert not cluster.is_ready()
    cluster.start()
    assert cluster.is_ready()
    assert cluster.server_process() != before


def test_socket_folder_of_a_stranger_is_refused(cluster, tmp_path):
    (tmp_path / "mine").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "mine")
    with pytest.raises(SetupError):
        cluster.owner.make_folder(link)
