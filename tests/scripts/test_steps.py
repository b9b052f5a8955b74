import subprocess
import sys
import time

import pytest
from prepare.console import SetupError
from prepare.steps import SetupLock, Step, carry_out

HOLDER = """
import fcntl, sys, time
handle = open(sys.argv[1], "a")
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(0.6)
open(sys.argv[2], "w").close()
"""


def test_only_needed_steps_are_done_and_in_order(tmp_path):
    done = []
    steps = [
        Step(lambda: True, lambda: done.append("venv")),
        Step(lambda: False, lambda: done.append("assets")),
        Step(lambda: True, lambda: done.append("database")),
    ]
    carry_out(steps, SetupLock(tmp_path / "setup.lock"))
    assert done == ["venv", "database"]


def test_later_step_is_thought_about_only_after_the_earlier_is_done(tmp_path):
    installed = []

    def steps():
        yield Step(lambda: True, lambda: installed.append("postgresql"))
        assert installed == ["postgresql"]

    carry_out(steps(), SetupLock(tmp_path / "setup.lock"))


def test_second_process_waits_says_so_once_and_does_not_repeat_the_work(tmp_path, capsys):
    lock, result = tmp_path / "setup.lock", tmp_path / "made"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, lock, result], stdout=subprocess.PIPE)
    holder.stdout.readline()
    repeated = []
    began = time.monotonic()
    step = Step(lambda: not result.exists(), lambda: repeated.append(1))
    carry_out([step, step], SetupLock(lock))
    holder.communicate()
    assert time.monotonic() - began > 0.3
    assert repeated == []
    assert capsys.readouterr().err.count("另一个进程") == 1


def test_failed_step_is_taken_up_again(tmp_path):
    stamp = tmp_path / "stamp"

    def fails():
        raise SetupError("坏了", "broken")

    lock = SetupLock(tmp_path / "setup.lock")
    with pytest.raises(SetupError):
        carry_out([Step(lambda: not stamp.exists(), fails)], lock)
    carry_out([Step(lambda: not stamp.exists(), stamp.touch)], lock)
    assert stamp.exists()
