"""The supervision of the web server and the worker, with real processes."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prepare.console import SetupError
from prepare.services import Address, Service, Supervisor

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SLEEPS = "import time; time.sleep(60)"
KILLED_OUTRIGHT = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from prepare.services import Service, Supervisor
with Supervisor(os.environ, Path("/")) as supervisor:
    log, program = Path(sys.argv[2]), "import time; print('up', flush=True); time.sleep(60)"
    supervisor.start(Service("worker", [sys.executable, "-c", program], log))
    while not log.read_text():  # the bond is made before the program runs
        time.sleep(0.01)
    print(supervisor._running[0][1].pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    monkeypatch.setattr("prepare.services.signal.signal", lambda *_: None)  # pytest keeps its own Ctrl-C
    return Supervisor(os.environ, tmp_path)


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def service(tmp_path, name, program, *arguments):
    return Service(name, [sys.executable, "-c", program, *arguments], tmp_path / f"{name}.log")


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_all_are_stopped_when_one_dies_and_its_last_words_are_shown(supervisor, tmp_path):
    with pytest.raises(SetupError) as stopped, supervisor:
        supervisor.start(service(tmp_path, "web", SLEEPS))
        supervisor.start(service(tmp_path, "worker", "print('queue is gone'); raise SystemExit(3)"))
        supervisor.watch()
    assert stopped.value.details == "queue is gone"
    assert "worker" in stopped.value.chinese
    assert all(process.returncode is not None for _, process in supervisor._running)


def test_waits_until_the_web_server_answers(supervisor, tmp_path, free_port):
    serve = (
        "import http.server, sys; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
    )
    address = Address("127.0.0.1", free_port)
    with supervisor:
        supervisor.start(service(tmp_path, "web", serve, str(free_port)))
        supervisor.wait_until_answering(address, "/")
        assert address.answers("/")
    assert not address.answers("/")


def test_asked_to_stop_returns(supervisor, tmp_path):
    with supervisor:
        supervisor.start(service(tmp_path, "web", SLEEPS))
        supervisor._ask_to_stop(2, None)
        supervisor.watch()
    assert supervisor._running[0][1].returncode is not None


def test_services_die_with_a_supervisor_that_is_killed_outright(tmp_path):
    command = [sys.executable, "-c", KILLED_OUTRIGHT, SCRIPTS, tmp_path / "worker.log"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    deadline = time.monotonic() + 10
    while is_alive(int(told)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(int(told))


def test_taken_port_is_told_with_the_way_out(free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        with pytest.raises(SetupError) as refused:
            Address("127.0.0.1", free_port).check_free()
    assert f"127.0.0.1:{free_port}" in refused.value.chinese
    assert "--port" in refused.value.english


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000/"), ("0.0.0.0", "http://127.0.0.1:8000/"), ("::", "http://[::1]:8000/")],  # noqa: S104
)
def test_address_is_one_that_a_browser_here_can_open(host, url):
    assert Address(host, 8000).url == url
