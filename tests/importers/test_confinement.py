"""What a confined process cannot do any more. Each is tried in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.listening import listening

ROOT = Path(__file__).resolve().parents[2]
CONFINE = """
import os, socket, subprocess, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from importers import confinement
confined = confinement.allow_only_files(read=[Path(sys.base_prefix) / "lib", Path({allowed!r})], look=[], write=[Path({work!r})])
if {network!r}:
    assert confinement.refuse_network_and_programs()
def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"
"""


def confined(tmp_path: Path, attempt: str, *, network: bool = True) -> str:
    for name in ("allowed", "work", "other"):
        (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / "allowed" / "a").write_text("a")
    (tmp_path / "other" / "a").write_text("a")
    script = CONFINE.format(root=str(ROOT), allowed=str(tmp_path / "allowed"), work=str(tmp_path / "work"), network=network)
    script += f"print(tried(lambda: {attempt}), confined)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True, timeout=60)
    answer, landlock = done.stdout.split()
    if landlock == "False" and ("open" in attempt or "listdir" in attempt):
        pytest.skip("this kernel has no Landlock")
    return answer


def test_network(tmp_path: Path) -> None:
    with listening() as (port, came):
        assert confined(tmp_path, f"socket.create_connection(('127.0.0.1', {port}))") == "PermissionError"
        assert confined(tmp_path, "socket.socket(socket.AF_UNIX)") == "PermissionError"
        assert confined(tmp_path, "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)") == "PermissionError"
        assert came == []


def test_programs(tmp_path: Path) -> None:
    assert confined(tmp_path, "subprocess.run(['/bin/true'])") == "PermissionError"
    assert confined(tmp_path, "os.execv('/bin/true', ['true'])") == "PermissionError"


def test_other_files(tmp_path: Path) -> None:
    assert confined(tmp_path, "open('allowed/a').read()") == "done"
    assert confined(tmp_path, "open('other/a').read()") == "PermissionError"
    assert confined(tmp_path, "open('/etc/passwd').read()") == "PermissionError"
    assert confined(tmp_path, "os.listdir('other')") == "PermissionError"
    assert confined(tmp_path, "open('work/b', 'w').write('b')") == "done"
    assert confined(tmp_path, "open('allowed/b', 'w').write('b')") == "PermissionError"


def test_without_network_rules_files_are_confined_all_the_same(tmp_path: Path) -> None:
    assert confined(tmp_path, "open('other/a').read()", network=False) == "PermissionError"
