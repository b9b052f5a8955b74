import pytest
from prepare.stamps import Stamp, digest, tree_digest, write_atomically


def test_stamp_holds_only_for_the_value_it_was_written_for(tmp_path):
    stamp = Stamp(tmp_path / "stamps", "venv")
    assert not stamp.matches("a")
    stamp.write("a")
    assert stamp.matches("a")
    assert not stamp.matches("b")
    stamp.remove()
    assert not stamp.matches("a")


def test_digest_tells_parts_from_their_concatenation():
    assert digest("ab", "c") != digest("a", "bc")


def test_digest_follows_contents_and_absence(tmp_path):
    lock = tmp_path / "runtime.txt"
    missing = digest(lock)
    lock.write_text("x", "utf-8")
    first = digest(lock)
    lock.write_text("y", "utf-8")
    assert len({missing, first, digest(lock)}) == 3


def test_tree_digest_follows_names_and_not_order(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name, "utf-8")
    files = [tmp_path / "a.py", tmp_path / "b.py"]
    assert tree_digest(tmp_path, files) == tree_digest(tmp_path, reversed(files))
    before = tree_digest(tmp_path, files)
    assert tree_digest(tmp_path, [(tmp_path / "b.py").rename(tmp_path / "c.py"), tmp_path / "a.py"]) != before


def test_interrupted_write_leaves_the_former_file(tmp_path, monkeypatch):
    target = tmp_path / "cluster.json"
    write_atomically(target, "whole")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("prepare.stamps.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, "half")
    assert target.read_text("utf-8") == "whole"
    assert list(tmp_path.iterdir()) == [target]
