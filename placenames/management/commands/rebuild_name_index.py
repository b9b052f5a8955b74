"""Makes the index that names are searched in anew, as after a restore or an upgrade; loading and editing do so by themselves."""

from __future__ import annotations

import time
from typing import Any

from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from placenames.services import search_index


class Command(JsonCommand):
    help = "Make the search index of names anew / 重建地名检索"

    def run(self, **options: Any) -> dict[str, Any]:
        started = time.perf_counter()
        forms = search_index.rebuild()
        return {"forms": forms, "seconds": round(time.perf_counter() - started, 2)}

    def summary(self, result: dict[str, Any]) -> str:
        return _("%(forms)s 个名称写法，用时 %(seconds)s 秒。") % result
