"""The papers under docs/ and the two READMEs: every link and picture in them leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r'(?:\]\(|src=")([^)"\s]+)')
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def anchors(paper: Path) -> set[str]:
    """As GitHub and its kin make them: lower case, punctuation dropped, blanks to hyphens."""
    headings = HEADING.findall(paper.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path) -> None:
    broken = []
    for link in LINK.findall(paper.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (paper.parent / path).resolve() if path else paper
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_every_picture_is_shown() -> None:
    shown = {Path(link).name for paper in PAPERS for link in LINK.findall(paper.read_text("utf-8"))}
    pictures = list((ROOT / "docs" / "images").glob("*"))
    assert pictures
    assert {picture.name for picture in pictures} <= shown
