"""The counties as the register has them, for a township history that is loaded without the counties' own."""

from __future__ import annotations

from boundaries.models import Authority, Begins, DivisionCode, DivisionRecord, Level, Lineage
from importers.history.county_spans import CountySpan, CountySpans, Succession


def spans_in_register() -> CountySpans:
    """Counties by legal code and day, and the successions of whole counties."""
    records = DivisionRecord.objects.current().filter(level=Level.COUNTY).order_by("division", "valid")
    called: dict[int, str] = {}
    begun: dict[int, tuple[object, str]] = {}
    for division, name, valid, begins in records.values_list("division_id", "name", "valid", "begins"):
        called[division] = name
        begun.setdefault(division, (valid.lower, begins))
    rows = DivisionCode.objects.current().filter(authority=Authority.MCA, division__in=called).order_by("valid")
    spans = [
        CountySpan(f"#{division}", code, called[division], valid.lower, valid.upper)
        for division, code, valid in rows.values_list("division_id", "code", "valid")
    ]
    by_key = {key: [span for span in spans if span.key == key] for key in {span.key for span in spans}}
    successions = []
    whole = Lineage.objects.filter(recorded__upper_inf=True, area_share=1, predecessor__in=called, successor__in=called)
    for edge in whole.select_related("source"):
        old, new = by_key.get(f"#{edge.predecessor_id}"), by_key.get(f"#{edge.successor_id}")
        held = next((span for span in new or [] if span.until is None or edge.on < span.until), None)
        if not old or held is None:
            continue
        since, begins = begun[edge.successor_id]
        established = since == edge.on
        successions.append(
            Succession(edge.on, old[-1], held, established, begins if established else Begins.DECIDED, f"#{edge.source_id}")
        )
    return CountySpans(spans, successions)
