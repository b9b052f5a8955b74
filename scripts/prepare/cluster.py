"""The private PostgreSQL + PostGIS cluster: its own data folder under var/, its own socket, no TCP port.

It never touches a cluster of the machine. Authentication is by the folder of the socket, which only the database's user (and root)
may enter.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from prepare import owner as owners
from prepare import postgres
from prepare.console import SetupError, last_lines, say
from prepare.owner import Owner
from prepare.paths import Paths
from prepare.postgres import EXTENSIONS, Installation
from prepare.stamps import Stamp, write_atomically

PORT = 54329  # names the socket file; nothing listens on TCP
SUPERUSER = "postgres"
ROLE = "yudi"
FURNISHED, FURNITURE = "yudi.furnished", " ".join((ROLE, *EXTENSIONS))
SECONDS_TO_START = 60
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Cluster:
    home: Path
    owner: Owner
    installation: Installation

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Short whatever the checkout is called: a socket's path may have 107 bytes at most."""
        return Path("/tmp") / f"yudi-{self.owner.uid}-{short_hash(self.home)}"  # noqa: S108 - made 0700 and checked by make_folder

    @property
    def socket(self) -> Path:
        return self.socket_folder / f".s.PGSQL.{PORT}"

    def description(self) -> str:
        return json.dumps({"host": str(self.socket_folder), "port": PORT, "user": ROLE}, indent=2) + "\n"

    # --- asking ---------------------------------------------------------------------------------------------------------

    def server_process(self) -> int | None:
        """The server's process id, if it runs on this very data folder: in a copied checkout the pid file speaks of another."""
        try:
            pid = int((self.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
            return pid if os.path.samefile(f"/proc/{pid}/cwd", self.data) else None
        except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
            return None

    def accepts_connections(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
        return True

    def is_ready(self) -> bool:
        """False too while the server is still recovering or already shutting down; its last word stands in the pid file."""
        if self.server_process() is None:
            return False
        state = (self.data / "postmaster.pid").read_text("utf-8").splitlines()[7:8]
        return [word.strip() for word in state] == ["ready"] and self.accepts_connections()

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Runs SQL as the superuser; rows come back one a line. Raises SetupError with the server's words."""
        command = [self.installation.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.socket_folder), "-p", str(PORT), "-U", SUPERUSER, "-d", database]
        result = self.owner.run(command, input=sql)
        if result.returncode:
            raise SetupError("私有数据库拒绝了一条命令", "The private database refused a command", result.stderr)
        return result.stdout.strip()

    def other_clients(self) -> int:
        clients = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        return int(self.psql(clients))

    # --- doing ----------------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Makes the data folder beside its place and moves it there when whole: an interruption leaves no half cluster."""
        say("创建私有数据库集群", "Creating the private database cluster")
        partial = self.home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        command = [self.installation.program("initdb"), "-D", str(partial), "--username", SUPERUSER, "--auth", "trust"]
        command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", "--no-instructions"]
        self._check(self.owner.run(command), "无法创建数据库集群", "Cannot create the database cluster")
        with_ours = self.owner.run(["tee", "-a", partial / "postgresql.conf"], input="\ninclude_if_exists 'yudi.conf'\n")
        self._check(with_ours, "无法写入数据库配置", "Cannot write the database's configuration")
        os.replace(partial, self.data)

    def start(self) -> None:
        say("启动私有数据库", "Starting the private database")
        if self.server_process() is not None and self._hears_again():
            return
        if self.server_process() is None:
            # Left by a crash, a copy of the checkout or a restarted container: the process of that number, if any, is another's.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.owner.make_folder(self.socket_folder)
        written = self.owner.run(["tee", self.data / "yudi.conf"], input=self.configuration())
        self._check(written, "无法写入数据库配置", "Cannot write the database's configuration")
        started = self._pg_ctl("start", "-l", str(self.log))
        if started.returncode:
            log = self.log.read_text("utf-8", errors="replace") if self.log.exists() else started.stderr
            english = f"The private database did not start, see {self.log}"
            raise SetupError(f"私有数据库没有启动，见 {self.log}", english, last_lines(log))

    def stop(self) -> None:
        if self.server_process() is None:
            return
        self._check(self._pg_ctl("stop", "-m", "fast"), "无法停止私有数据库", "Cannot stop the private database")

    def is_furnished(self) -> bool:
        return Stamp(self.data, FURNISHED).matches(FURNITURE)

    def furnish(self) -> None:
        """The application's role and, in template1, the extensions: databases made from it have PostGIS without any superuser."""
        self.psql(
            f"SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE'"
            f" WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec"
        )
        self.psql("".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS), "template1")
        # Kept among the data, so that it goes when they go.
        written = self.owner.run(["tee", self.data / FURNISHED], input=FURNITURE)
        self._check(written, "无法写入数据文件夹", "Cannot write to the data folder")

    def configuration(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "port": PORT,
            "shared_buffers": f"{min(max(memory // 32, 128), 1024)}MB",
            "effective_cache_size": f"{max(memory // 2, 256)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "2GB",
            "random_page_cost": 1.1,
            "jit": "off",  # costs more than it saves on the short statements of a web application
            "log_timezone": "Asia/Shanghai",
            "log_line_prefix": "%m [%p] %u@%d ",
        }
        heading = "# Written by scripts/prepare/cluster.py at each start. For settings of your own use ALTER SYSTEM.\n"
        return heading + "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    def _hears_again(self) -> bool:
        """For a server that runs but is not ready: waits while it starts or stops; true when it is ready after all.

        One whose socket was swept out of /tmp, or whose checkout has moved, will never be heard and is stopped.
        """
        pid = self.server_process()
        if pid is not None and not self.socket.exists():
            say("数据库在运行但无法连接，重新启动它", "The database runs but cannot be reached, starting it anew")
            os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        deadline = time.monotonic() + SECONDS_TO_START
        while self.server_process() is not None:
            if self.is_ready():
                return True
            if time.monotonic() > deadline:
                english = f"The database process {pid} does not answer, see {self.log}"
                raise SetupError(f"数据库进程 {pid} 没有应答，见 {self.log}", english)
            time.sleep(0.1)
        return False

    def _pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.installation.program("pg_ctl"), *arguments, "-D", str(self.data)]
        return self.owner.run([*command, "-w", "-t", str(SECONDS_TO_START)])

    @staticmethod
    def _check(result: subprocess.CompletedProcess[str], chinese: str, english: str) -> None:
        if result.returncode:
            raise SetupError(chinese, english, result.stderr or "")


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def find(paths: Paths) -> Cluster:
    """The cluster of this checkout, made or not. Raises SetupError when no usable PostgreSQL is installed."""
    data = paths.cluster_home / "data"
    usable = postgres.installations()
    if data.exists():
        major = _data_version(data)
        usable = [one for one in usable if one.major == major]
        if not usable:
            raise SetupError(
                f"{data} 需要 PostgreSQL {major} 和 PostGIS，但本机没有安装",
                f"{data} needs PostgreSQL {major} with PostGIS, which is not installed on this machine",
            )
    if not usable:
        raise SetupError("没有可用的 PostgreSQL 与 PostGIS", "There is no usable PostgreSQL with PostGIS")
    return Cluster(paths.cluster_home.resolve(), owners.choose(data), usable[0])


def _data_version(data: Path) -> int:
    return int((data / "PG_VERSION").read_text("utf-8"))


def is_described(paths: Paths, cluster: Cluster) -> bool:
    return paths.cluster_description.exists() and paths.cluster_description.read_text("utf-8") == cluster.description()


def describe(paths: Paths, cluster: Cluster) -> None:
    write_atomically(paths.cluster_description, cluster.description())
