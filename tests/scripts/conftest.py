"""The preparation is a package beside the project, not of it: the scripts put scripts/ on the path, and so do its tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
