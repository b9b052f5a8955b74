"""The commands as they are called."""

import json
import os
import subprocess

import pytest
from prepare.bench import declared_needs
from prepare.paths import CHECKOUT

SCRIPTS = CHECKOUT / "scripts"


def call(name, *arguments, **environment):
    variables = os.environ | environment
    return subprocess.run([SCRIPTS / name, *arguments], capture_output=True, text=True, env=variables, cwd="/", check=False)


def test_manage_refuses_a_bad_database_name_with_one_json_document():
    result = call("manage", "screen_establishment", "--json", YUDI_DATABASE="x; drop", DATABASE_URL="")
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"]["code"] == "setup_failed"
    assert "YUDI_DATABASE" in result.stderr


def test_manage_refuses_a_bad_database_name_in_words():
    result = call("manage", "check", YUDI_DATABASE="x; drop", DATABASE_URL="")
    assert (result.returncode, result.stdout) == (1, "")
    assert "小写字母" in result.stderr


def test_manage_passes_the_exit_code_and_prints_only_the_command_s_own_words():
    assert call("manage", "version").stdout.startswith("5.2")
    assert call("manage", "no_such_command").returncode == 1


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_run_refuses_a_port_that_cannot_be(port):
    assert call("run", "--port", port).returncode == 2


def test_bench_lists_what_there_is_when_the_name_is_unknown():
    result = call("bench", "no-such-measurement")
    assert result.returncode == 1
    assert "no-such-measurement" in result.stderr


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('NEEDS = {"ogr2ogr", "peers"}', {"ogr2ogr", "peers"}),
        ('NEEDS: set[str] = {"peers"}', {"peers"}),
        ("import os", set()),
        ("def main():\n    NEEDS = {'peers'}", set()),
    ],
)
def test_bench_reads_declared_needs_without_running_the_measurement(tmp_path, text, needs):
    program = tmp_path / "bench_x.py"
    program.write_text(f"{text}\nraise SystemExit('was run')\n", "utf-8")
    assert declared_needs(program) == needs


@pytest.mark.parametrize("name", ["run", "test", "manage", "bench"])
def test_scripts_tell_an_old_python_in_words_it_understands(name):
    """The entry files must stay readable to old versions, or their sentence would be a SyntaxError."""
    text = (SCRIPTS / name).read_text("utf-8")
    compile(text, name, "exec")
    assert text.index("sys.version_info") < text.index("from prepare")
    assert os.access(SCRIPTS / name, os.X_OK)
