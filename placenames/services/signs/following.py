"""Work orders that follow a change of a name (SIGN-05), and what becomes of them when the change is corrected or taken back.

Everything runs inside the transaction of the decision, the approval or the correction, which was permitted for what it changes.
What the register says afterwards decides: an order whose name does not change any more is cancelled, one whose words are not right
any more is reworded, and for one that is done already a new order asks a person to look (docs/decisions/0106).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boundaries.models import Decision, DivisionRecord, Lineage
from gis.accounts.models import User
from gis.audit import services as audit
from placenames.models import STANDS, NamingCase, PlaceNameRecord, Sign, SignState, SignWork, WorkKind, WorkState
from placenames.rules.signs.work_states import ENDS
from placenames.services.signs import areas, works
from placenames.services.signs.registering import as_entry, change, lock
from placenames.services.signs.works import Order
from placenames.signs.costs import average_costs
from placenames.signs.names import DIVISION, PLACE, Key, NamedPlace, key_of, names_for

RULE: Final = "SIGN-05"


def of_decision(decision: Decision, renamed: Mapping[int, tuple[str, str]], signs: Iterable[Sign], ended: Collection[int]) -> int:
    """An order for every sign that a decision makes stale; how many were opened.

    renamed: division → (name before, name after); `ended`: divisions that are no more, whose signs go.
    """
    document, several = _document(decision, None), list(signs)
    orders = []
    for sign in several:
        gone = sign.division_id in ended
        before, after = renamed.get(sign.division_id or 0, ("", ""))
        kind = WorkKind.REMOVE if gone else WorkKind.RELETTER
        orders.append((sign, Order(kind, _words(document, before, "" if gone else after), rule=RULE, decision=decision.pk)))
    return _want(decision.enacted_by, orders)


def of_renaming(actor: User, case: NamingCase) -> int:
    """An order for every sign that stands for the place of an approved renaming; how many were opened."""
    if case.place_id is None or case.before is None:
        return 0
    words = _words(_document(None, case), case.before.name or "", case.name)
    signs = Sign.objects.filter(place=case.place_id, state__in=STANDS).order_by("code")
    return _want(actor, [(sign, Order(WorkKind.RELETTER, words, rule=RULE, case=case.pk)) for sign in signs])


def _want(actor: User | None, orders: Collection[tuple[Sign, Order]]) -> int:
    """Opens them; where one of that kind is open for the sign, it takes on the later change's words."""
    if not orders:
        return 0
    moment = lock()
    average = average_costs({sign.type for sign, _order in orders})
    held = {
        (work.sign_id, work.kind): work
        for work in SignWork.objects.filter(sign__in=[sign.pk for sign, _order in orders]).exclude(state__in=ENDS)
    }
    opened = 0
    for sign, order in orders:
        other = WorkKind.RELETTER if order.kind == WorkKind.REMOVE else WorkKind.REMOVE
        if (idle := held.get((sign.pk, other))) is not None and idle.rule == RULE:
            _rewrite(actor, idle, moment, state=WorkState.CANCELLED, note=order.reason)
        if (work := held.get((sign.pk, order.kind))) is None:
            works.put(actor, sign, _estimated(order, average.get(sign.type)), moment)
            opened += 1
        elif work.rule == RULE:
            work.decision_id, work.case_id = order.decision, order.case
            _rewrite(actor, work, moment, words=order.reason, note=_("后来的变更"))
        else:  # somebody's own order is left to say what it says
            _rewrite(actor, work, moment, note=order.reason)
    return opened


def _estimated(order: Order, yuan: Decimal | None) -> Order:
    return Order(
        order.kind, order.reason, order.due_on, yuan if order.kind == WorkKind.RELETTER else None, order.rule, order.decision,
        order.case, order.follows,
    )  # fmt: skip


# --- when the ground of an order is corrected ---------------------------------------------------------------------------


@dataclass
class Reconsidered:
    """Orders by what became of them; `asked`: those opened because finished work has to be looked at by a person."""

    cancelled: list[SignWork] = field(default_factory=list)
    reworded: list[SignWork] = field(default_factory=list)
    asked: list[SignWork] = field(default_factory=list)
    undetermined: list[SignWork] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        """For whoever corrects, in their language."""
        told = []
        if count := len(self.cancelled):
            told.append(ngettext("%(n)d 张标志任务单随之取消。", "%(n)d 张标志任务单随之取消。", count) % {"n": count})
        if count := len(self.reworded):
            told.append(ngettext("%(n)d 张标志任务单随之改写。", "%(n)d 张标志任务单随之改写。", count) % {"n": count})
        if count := len(self.asked):
            words = ngettext(
                "%(n)d 个标志已按原来的名称完工，已另开任务单请人核对。",
                "%(n)d 个标志已按原来的名称完工，已另开任务单请人核对。",
                count,
            )
            told.append(words % {"n": count})
        if count := len(self.undetermined):
            words = ngettext("%(n)d 张标志任务单现在判断不出，原样保留。", "%(n)d 张标志任务单现在判断不出，原样保留。", count)
            told.append(words % {"n": count})
        return tuple(told)


def after_correction(actor: User | None, divisions: Collection[int], reason: str) -> tuple[str, ...]:
    """The consequence that `boundaries.impacts` calls when the register of divisions was corrected."""
    ends = Lineage.objects.filter(Q(predecessor__in=divisions) | Q(successor__in=divisions)).values_list("predecessor", "successor")
    near = {*divisions, *(one for edge in ends for one in edge)}
    told = reconsider(actor, {(DIVISION, one) for one in near}, reason).sentences()
    areas.mend(near)
    return told


def reconsider(actor: User | None, keys: Collection[Key], reason: str) -> Reconsidered:
    """Looks again at every order that a change of these names made, by what the register says now."""
    result = Reconsidered()
    places = [number for what, number in keys if what == PLACE]
    divisions = [number for what, number in keys if what == DIVISION]
    made = SignWork.objects.filter(Q(decision__isnull=False) | Q(case__isnull=False), rule=RULE).exclude(state=WorkState.CANCELLED)
    about = Q(sign__place__in=places) | Q(sign__division__in=divisions)
    rows = made.filter(about).select_related("sign", "decision", "case__source").prefetch_related("sign__faces__texts")
    if not (orders := list(rows.order_by("pk"))):
        return result
    moment = lock()
    known = _Known(orders)
    latest = {work.sign_id: work.pk for work in orders if work.state == WorkState.DONE}
    for work in orders:
        if work.state != WorkState.DONE:
            _look_at_open(actor, work, known, moment, reason, result)
        elif latest[work.sign_id] == work.pk:  # what was done before that is not what stands now
            _look_at_done(actor, work, known, moment, reason, result)
    return result


class _Known:
    """Names of what the orders' signs name, on the day each change holds (today at the earliest) and on the day before it."""

    def __init__(self, orders: Collection[SignWork]) -> None:
        today = timezone.localdate()
        self._begins = {work.pk: works.begins_on(work) or today for work in orders}
        self._days = {pk: max(today, day) for pk, day in self._begins.items()}
        keys: dict[date, set[Key]] = {}
        before: dict[date, set[Key]] = {}
        for work in orders:
            if (key := key_of(work.sign)) is not None:
                keys.setdefault(self._days[work.pk], set()).add(key)
                before.setdefault(self._begins[work.pk] - timedelta(days=1), set()).add(key)
        self._named = {(day, key): one for day, some in keys.items() for key, one in names_for(some, day, outlines=False).items()}
        self._before = {(day, key): name for day, some in before.items() for key, name in _plain_names(some, day).items()}

    def named(self, work: SignWork) -> NamedPlace | None:
        key = key_of(work.sign)
        return None if key is None else self._named.get((self._days[work.pk], key))

    def before(self, work: SignWork) -> str:
        key = key_of(work.sign)
        return "" if key is None else self._before.get((self._begins[work.pk] - timedelta(days=1), key), "")


def _plain_names(keys: Collection[Key], day: date) -> dict[Key, str]:
    """What each was called itself on a day, without following what it went over to."""
    divisions = DivisionRecord.objects.on(day).filter(division__in=[number for what, number in keys if what == DIVISION])
    places = PlaceNameRecord.objects.on(day).filter(
        place__in=[number for what, number in keys if what == PLACE], names_division=False
    )
    return {
        **{(DIVISION, number): name for number, name in divisions.values_list("division", "name")},
        **{(PLACE, number): name or "" for number, name in places.values_list("place", "name")},
    }


def _look_at_open(actor: User | None, work: SignWork, known: _Known, moment: datetime, reason: str, result: Reconsidered) -> None:
    named, before = known.named(work), known.before(work)
    if work.follows_id is not None:
        return  # it asks a person already
    if named is None or not before:
        # Nothing is called so on the day: half a correction, or the end of a division. Neither is guessed.
        if work.kind != WorkKind.REMOVE or not before:
            result.undetermined.append(work)
        return
    if named.named.name == before:
        _rewrite(actor, work, moment, state=WorkState.CANCELLED, note=_("更正：%(reason)s") % {"reason": reason})
        result.cancelled.append(work)
        return
    words = _words(_document(work.decision, work.case), before, named.named.name)
    if work.kind == WorkKind.REMOVE:
        _rewrite(actor, work, moment, state=WorkState.CANCELLED, note=_("更正：%(reason)s") % {"reason": reason})
        order = Order(WorkKind.RELETTER, words, rule=RULE, decision=work.decision_id, case=work.case_id)
        _want(actor, [(work.sign, order)])
        result.reworded.append(work)
    elif words[:300] != work.reason:
        _rewrite(actor, work, moment, words=words, note=_("更正：%(reason)s") % {"reason": reason})
        result.reworded.append(work)


def _look_at_done(actor: User | None, work: SignWork, known: _Known, moment: datetime, reason: str, result: Reconsidered) -> None:
    """The work stands in the open: nothing is undone by itself, but somebody is asked to go and look."""
    named, sign, before = known.named(work), work.sign, known.before(work)
    if named is None:
        named = _named_again(actor, work, reason)
        sign.refresh_from_db()
    asked = SignWork.objects.filter(follows=work).exclude(state__in=ENDS).select_related("sign").first()
    kind, is_right = _judged(work, sign, named, before)
    if is_right:
        if asked is not None:
            _rewrite(actor, asked, moment, state=WorkState.CANCELLED, note=_("更正：%(reason)s") % {"reason": reason})
            result.cancelled.append(asked)
        return
    words = {
        WorkKind.SET: _("更正：%(reason)s。标志已按原批复拆除，请核对是否重新设置“%(name)s”"),
        WorkKind.RELETTER: _("更正：%(reason)s。牌面已按原来的更名更换，请核对是否换为“%(name)s”"),
    }[kind]
    told = words % {"reason": reason.strip()[:160], "name": named.named.name if named else _("不明")}
    if asked is not None:
        _rewrite(actor, asked, moment, words=told, note=_("更正：%(reason)s") % {"reason": reason})
        result.reworded.append(asked)
    elif not SignWork.objects.filter(sign=sign, kind=kind).exclude(state__in=ENDS).exists():
        order = Order(kind, told, rule=RULE, decision=work.decision_id, case=work.case_id, follows=work.pk)
        result.asked.append(works.put(actor, sign, order, moment))


def _judged(work: SignWork, sign: Sign, named: NamedPlace | None, before: str) -> tuple[WorkKind, bool]:
    """(what a person would have to be asked for, whether what was done is right all the same)."""
    if work.kind == WorkKind.REMOVE:
        lives = named is not None and named.named.name == before
        return WorkKind.SET, not lives or sign.state != SignState.REMOVED
    if sign.state not in STANDS:
        return WorkKind.RELETTER, True
    if named is None:
        return WorkKind.RELETTER, False
    as_told = work.reason == _words(_document(work.decision, work.case), before, named.named.name)[:300]
    return WorkKind.RELETTER, as_told or _shows(sign, named.named.name)


def _named_again(actor: User | None, work: SignWork, reason: str) -> NamedPlace | None:
    """The division the sign named before the work moved it to its heir, where the heir is no more and that one is: named again."""
    sign, day = work.sign, timezone.localdate()
    done = sign.events.filter(action="sign.worked").order_by("-at", "-id").first()
    former = None if done is None else sign.events.filter(pk__lt=done.pk).order_by("-at", "-id").first()
    number = None if former is None else former.document.get("division")
    if former is None or number is None or number == sign.division_id:
        return None
    key: Key = (DIVISION, number)
    named = names_for([key], day, outlines=False).get(key)
    if named is None or named.area != number:
        return None
    newest = sign.events.order_by("-at", "-id").first()
    document = {**(newest.document if newest else former.document), "division": number}
    change(actor, sign, as_entry(document), reason, action="sign.renamed_back", permitted=True)
    return named


def _shows(sign: Sign, name: str) -> bool:
    """Whether its faces show the name; faces whose Chinese is not on record show what they should."""
    texts = [text.text for face in sign.faces.all() for text in face.texts.all() if text.role == "chinese"]
    return all(name in text for text in texts)


def _rewrite(actor: User | None, work: SignWork, moment: datetime, *, words: str = "", state: str = "", note: str = "") -> None:
    before = works.told(work)
    work.reason = words[:300] or work.reason
    work.state = state or work.state
    work.changed_at = moment
    work.save()
    works.note_event(work, actor, moment, note)
    audit.record(
        actor=actor, action="signwork.follow", target=work, label=work.sign.code, area=work.sign.area_id, before=before,
        after=works.told(work), reason=note,
    )  # fmt: skip


def _document(decision: Decision | None, case: NamingCase | None) -> str:
    if decision is not None:
        return decision.document_number or decision.title
    return "" if case is None else case.document_number or str(case)


def _words(document: str, before: str, after: str) -> str:
    told = {"document": document, "name": before, "new": after}
    return (_("%(document)s：%(name)s更名为%(new)s") if after else _("%(document)s：%(name)s已撤销")) % told
