"""A name's page as one JSON document."""

from __future__ import annotations

import json
from typing import Any

from placenames.archive_known import known_of
from placenames.archive_page import NamePage


def page_as_json(page: NamePage, url: str, cite: dict[str, str]) -> dict[str, Any]:
    known = known_of(page)
    return {
        "key": page.key,
        "url": url,
        "name": page.name,
        "spelling": page.spelling,
        "spelled_by": page.spelled_by,
        "class": page.facts.get("place_class", ""),
        "class_name": page.facts["class_name"],
        "codes": page.codes,
        "status": page.facts.get("status", ""),
        "demo": page.demo,
        "source": page.source,
        "location": json.loads(page.location.geojson) if page.location is not None else None,
        "forms": [
            {"text": one.text, "kind": one.kind, "years": list(one.years), "source": one.source, "language": one.language}
            for one in page.called
        ],
        "lay_in": [{"since": one.since, "until": one.until, "path": [name for _address, name in one.path]} for one in page.lay],
        "texts": [
            {
                "kind": one.kind,
                "body": one.body,
                "sources": [{"document": cited.words, "pages": cited.pages} for cited in one.citations],
            }
            for one in page.texts
        ],
        "census": page.census,
        "photos": [{**one.values, "url": one.url} for one in page.photos],
        "audio": [{**one.values, "url": one.url} for one in page.audio],
        "known": {"missing": known.missing, "open": known.open, "disagree": known.disagree, "empty": known.empty},
        "updated": page.updated,
        "cite": cite,
    }
