"""Public notices of names: for everybody, without logging in; an address never changes."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from placenames.documents.naming_papers import notice_sentences, subject_of
from placenames.models import CaseAct, NamingCase

PER_PAGE = 30


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """?q= &act= &page=: newest first."""
    published = NamingCase.objects.filter(notice__isnull=False).order_by("-announced_on", "-pk")
    text, act = request.GET.get("q", "").strip()[:40], request.GET.get("act", "")
    if text:
        published = published.filter(name__icontains=text) | published.filter(former_name__icontains=text)
    if act in CaseAct.values:
        published = published.filter(act=act)
    page = Paginator(published, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_obj": page,
        "rows": [{"case": one, "notice": one.notice, "subject": subject_of(one.notice or {})} for one in page],
        "q": text,
        "act": act,
        "acts": CaseAct.choices,
    }
    return render(request, "placenames/notice_list.html", context)


@require_safe
def notice_page(request: HttpRequest, number: str) -> HttpResponse:
    """One notice. What was taken back stays at its address and says so."""
    case = get_object_or_404(NamingCase.objects.filter(notice__isnull=False), number=number)
    notice: dict[str, Any] = case.notice or {}
    context = {"notice": notice, "sentences": notice_sentences(notice), "demo": case.is_demo}
    return render(request, "placenames/notice.html", context)
