"""The folder that holds the private cluster: var/pg, or what var/pg links to."""

from __future__ import annotations

from pathlib import Path

from prepare.cluster import find, short_hash
from prepare.console import say
from prepare.paths import Paths
from prepare.stamps import write_atomically

OUTSIDE = Path("/var/lib/yudi")


def has_home(paths: Paths) -> bool:
    home = paths.cluster_home
    return home.exists() and (not home.is_symlink() or _made_for(home.readlink()) == home)


def make_home(paths: Paths) -> None:
    """The folder that holds the cluster: behind a link, outside a checkout where the database's user may not go."""
    home = paths.cluster_home
    if home.is_symlink() and _keeps_link(home):
        return
    owner = find(paths).owner
    paths.state.mkdir(parents=True, exist_ok=True)
    if owner.may_enter(paths.state):
        owner.make_folder(home)
        return
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)  # also under a strict umask: its owner must pass
    outside = OUTSIDE / short_hash(home)
    say(
        f"数据库用户不能进入 {paths.state}，数据存放在 {outside}",
        f"The database's user may not enter {paths.state}, so its data are kept in {outside}",
    )
    owner.make_folder(outside)
    write_atomically(_note(outside), f"{home}\n")
    home.symlink_to(outside)


def _note(outside: Path) -> Path:
    """Beside data kept outside a checkout: the link that they were made for."""
    return outside.with_suffix(".checkout")


def _made_for(outside: Path) -> Path | None:
    note = _note(outside)
    return Path(note.read_text("utf-8").rstrip("\n")) if note.exists() else None


def _keeps_link(home: Path) -> bool:
    """For a link that came from elsewhere: a moved checkout keeps its data; a copied one must not share the first one's."""
    outside = home.readlink()
    former = _made_for(outside)
    copied = former is not None and former != home and former.is_symlink() and former.readlink() == outside
    if copied or not outside.exists():
        home.unlink()
        return False
    write_atomically(_note(outside), f"{home}\n")
    return True
