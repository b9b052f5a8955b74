"""scripts/run: the whole set-up, then the web server and the worker until Ctrl-C."""

from __future__ import annotations

import argparse
import os

from prepare import demo
from prepare.console import Command, run_logged, say
from prepare.database import PrivateDatabase
from prepare.services import Address, Service, Supervisor
from prepare.setup import RUN, Prepared, prepare

HEALTH = "/healthz"
DEVELOPMENT_SETTINGS = "gis.settings.development"
PRODUCTION_SETTINGS = "gis.settings.production"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="准备运行环境并启动舆地；按 Ctrl-C 全部停止。 Prepares everything and starts Yudi; Ctrl-C stops it all.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="监听地址，默认只限本机 / address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=_port, default=8000, help="端口 / port (default 8000)")
    parser.add_argument("--setup-only", action="store_true", help="只准备，不启动 / prepare and stop")
    parser.add_argument("--no-demo", action="store_true", help="不载入演示县 / do not load the demo county")
    options = parser.parse_args(arguments)
    address = Address(options.host, options.port)
    if not options.setup_only:
        address.check_free()
    ready = prepare(RUN)
    if options.setup_only:
        if not options.no_demo:
            demo.load_if_empty(ready)
        say("准备完成，用 scripts/run 启动", "All is prepared; start it with scripts/run")
        return 0
    try:
        if not options.no_demo:
            demo.load_if_empty(ready)
        serve(ready, address)
    finally:
        stop_own_database(ready)
    return 0


def serve(ready: Prepared, address: Address) -> None:
    paths = ready.paths
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", DEVELOPMENT_SETTINGS)
    environment = ready.environment(DJANGO_SETTINGS_MODULE=settings)
    if settings == PRODUCTION_SETTINGS:
        command: Command = [paths.python, paths.manage_py, "collectstatic", "--no-input"]
        run_logged(command, paths.logs / "setup.log", env=environment)
    web: Command = [paths.python, "-m", "gunicorn", "gis.wsgi:application", "--bind", address.listening]
    web += ["--workers", "2", "--threads", "4", "--timeout", "120", "--no-control-socket"]
    worker: Command = [paths.python, paths.manage_py, "run_worker"]
    with Supervisor(environment, paths.checkout) as supervisor:
        supervisor.start(Service("web", web, paths.logs / "web.log"))
        supervisor.start(Service("worker", worker, paths.logs / "worker.log"))
        supervisor.wait_until_answering(address, HEALTH)
        if not supervisor.asked_to_stop:
            announce(ready, address)
        supervisor.watch()
        say("正在停止……", "Stopping…")


def announce(ready: Prepared, address: Address) -> None:
    """On standard output, unlike what the preparation says."""
    lines = [f"舆地已启动，按 Ctrl-C 停止。 Yudi is running; Ctrl-C stops it:  {address.url}"]
    if known := demo.logins(ready):
        lines.append("演示账号（用户名、密码、职责、范围）。 Demo log-ins (user name, password, duty, area):")
        lines += ["    " + "  ".join(str(value) for value in login.values()) for login in known]
    print("\n".join(lines), flush=True)


def stop_own_database(ready: Prepared) -> None:
    """Stops the private database if this very call started it and nobody else works on it by now."""
    if not (isinstance(ready.database, PrivateDatabase) and ready.started_cluster and ready.database.cluster.is_ready()):
        return
    cluster = ready.database.cluster
    if others := cluster.other_clients():
        say(f"另有 {others} 个连接，私有数据库继续运行", f"The private database stays up, {others} other connections use it")
    else:
        cluster.stop()


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("1–65535")
    return port
