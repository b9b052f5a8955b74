"""Debian packages, with stand-ins for dpkg-query, apt-get and sudo: the real ones would change the machine."""

import pytest
from prepare import packages
from prepare.console import SetupError
from prepare.packages import Requirement


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose programs are the ones a test writes; what they were called with is in `machine.calls()`."""

    class Machine:
        log = tmp_path / "setup.log"

        def program(self, name, script=""):
            path = tmp_path / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/calls"\n{script}\n', "utf-8")
            path.chmod(0o755)

        def calls(self):
            return (tmp_path / "calls").read_text("utf-8").splitlines() if (tmp_path / "calls").exists() else []

        def as_user(self, uid):
            monkeypatch.setattr("os.geteuid", lambda: uid)

    machine = Machine()
    machine.program("dpkg-query", 'for last; do :; done; [ "$last" = gettext ] && printf installed')
    machine.program("apt-get")
    machine.program("dpkg")
    machine.program("env", 'shift; exec "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    return machine


def absent(*names):
    return Requirement(names, lambda: False)


def present_after(calls, *names):
    return Requirement(names, lambda: len(calls()) > 1)


def test_what_is_installed_already_is_not_asked_for_again(machine):
    assert packages.missing_packages([absent("gettext", "chromium")]) == ["chromium"]


def test_requirement_met_from_elsewhere_needs_no_package(machine):
    assert packages.missing_packages([Requirement(("postgresql-15",), lambda: True)]) == []


def test_without_root_and_sudo_the_exact_packages_and_command_are_told_and_nothing_is_installed(machine):
    machine.as_user(1000)
    with pytest.raises(SetupError) as refused:
        packages.install([absent("postgresql-15", "postgresql-15-postgis-3"), absent("gettext"), absent("chromium")], machine.log)
    command = "apt-get install --no-install-recommends postgresql-15 postgresql-15-postgis-3 chromium"
    assert refused.value.english.endswith(command)
    assert "postgresql-15 postgresql-15-postgis-3 chromium" in refused.value.chinese
    assert not [call for call in machine.calls() if call.startswith("apt-get")]


def test_root_installs_without_recommended_packages_and_without_asking(machine):
    machine.as_user(0)
    packages.install([present_after(machine.calls, "chromium")], machine.log)
    (call,) = [call for call in machine.calls() if "--simulate" not in call and call.startswith("apt-get install")]
    assert call.endswith(" chromium")
    assert "--yes --no-install-recommends" in call
    assert "apt-get update" not in machine.calls()


def test_lists_are_updated_when_they_do_not_know_a_package(machine):
    machine.as_user(0)
    machine.program("apt-get", 'case "$*" in *--simulate*) exit 100;; esac')
    packages.install([present_after(machine.calls, "chromium")], machine.log)
    assert machine.calls().index("apt-get update") < len(machine.calls()) - 1


def test_sudo_is_used_by_an_ordinary_user_who_may(machine):
    machine.as_user(1000)
    machine.program("sudo", 'shift; exec "$@"')
    packages.install([present_after(machine.calls, "chromium")], machine.log)
    assert [call for call in machine.calls() if call.startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install")]


def test_debian_is_kept_from_making_a_machine_cluster_only_while_installing(machine, tmp_path, monkeypatch):
    machine.as_user(0)
    rule = tmp_path / "createcluster.d" / "yudi.conf"
    monkeypatch.setattr(packages, "CREATECLUSTER_CONFIGURATION", rule)
    machine.program("apt-get", f'case "$*" in *--simulate*) ;; *) cat "{rule}" > "{tmp_path}/seen";; esac')
    packages.install([Requirement(("postgresql-15",), (tmp_path / "seen").exists)], machine.log)
    assert "create_main_cluster = false" in (tmp_path / "seen").read_text("utf-8")
    assert not rule.exists()


def test_package_that_does_not_help_is_told(machine):
    machine.as_user(0)
    with pytest.raises(SetupError, match="still not usable: chromium"):
        packages.install([absent("chromium")], machine.log)
