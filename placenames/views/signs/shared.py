"""What pages of signs have in common: finding a sign, drawing signs on a map, what a code opens, sending a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.views.map_page import map_config
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.errors import NotFoundError
from gis.webmap.shell import leaflet_shell
from placenames import policies
from placenames.archive_subject import find_subject
from placenames.models import Sign, SignState
from placenames.rules.addresses import key_of
from placenames.rules.signs.types import COLOURS
from placenames.signs.lists import seen_by

MOST_ON_MAP: Final = 3000
_MOST_LARGE: Final = 120
# How a state is drawn: a pin's style and its letter, so that none is told by colour alone.
PINS: Final[Mapping[str, tuple[str, str]]] = {
    SignState.STANDING: ("level-0", "牌"),
    SignState.DAMAGED: ("level-1", "损"),
    SignState.MISSING: ("level-2", "缺"),
    SignState.PLANNED: ("", "拟"),
    SignState.REMOVED: ("", "拆"),
}
CHIPS: Final[Mapping[str, str]] = {
    SignState.STANDING: "met",
    SignState.DAMAGED: "warning",
    SignState.MISSING: "not_met",
    SignState.PLANNED: "waiting",
    SignState.REMOVED: "neutral",
}


def seen_sign(request: HttpRequest, pk: int) -> Sign:
    ensure(policies.may_view_signs(request.user))
    return get_object_or_404(seen_by(request.user, timezone.localdate()).select_related("source", "area"), pk=pk)


def editable_sign(request: HttpRequest, pk: int) -> Sign:
    sign = seen_sign(request, pk)
    ensure(policies.may_edit_signs(request.user, sign.area_id))
    return sign


def map_of(
    identifier: str,
    features: Iterable[Mapping[str, Any]],
    label: str,
    pick: Mapping[str, str] | None = None,
    look: Sequence[float] | None = None,
) -> dict[str, Any]:
    """The context of a page with points on the map (boundaries/js/linemap.js).

    look: west, south, east, north in degrees, to open on where there is nothing to show yet
    """
    shell = leaflet_shell(identifier, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    config: dict[str, Any] = {
        "map": shell.variable, "features": {"type": "FeatureCollection", "features": list(features)}, "label": label,
    }  # fmt: skip
    if pick:
        config["pick"] = dict(pick)
    if look:
        config["look"] = list(look)
    return {"shell": shell, "config": config, "divisions": map_config(timezone.localdate(), shell.variable)}


def pin(place: tuple[float, float], style: str, mark: str, words: str, url: str = "") -> dict[str, Any]:
    told = {"style": style, "mark": mark, "words": words}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": told | {"url": url} if url else told,
    }


def sign_pins(signs: Iterable[Sign], names: Mapping[int, str]) -> list[dict[str, Any]]:
    found = []
    several = list(signs)
    # Many pins are small ones, and those of signs that stand lie under the others.
    small = "stake " if len(several) > _MOST_LARGE else ""
    for sign in sorted(several, key=lambda one: one.state != SignState.STANDING):
        if sign.position is not None:
            style, mark = PINS[sign.state]
            style = f"{small if sign.state == SignState.STANDING else ''}{style}".strip()
            words = f"{names.get(sign.pk, '')} {sign.code}（{sign.get_state_display()}）".strip()
            found.append(pin((sign.position.x, sign.position.y), style, mark, words, reverse("sign", args=[sign.pk])))
    return found


def public_link(request: HttpRequest, sign: Sign) -> str:
    """What the code on a sign opens: the name's archive page, which leads on to reporting the sign; else the sign's own page."""
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    archive = archive_link(sign)
    return f"{base}{archive}?sign={sign.token}" if archive else f"{base}{reverse('sign-public', args=[sign.token])}"


def archive_link(sign: Sign) -> str:
    """The public page of the name, "" where the public may not see it or the sign names nothing."""
    if sign.place_id is None and sign.division_id is None:
        return ""
    key = key_of("D", sign.division_id) if sign.division_id is not None else key_of("P", sign.place_id or 0)
    try:
        found = find_subject(key, AnonymousUser())
    except NotFoundError:
        return ""
    return reverse("name", args=[found.key])


def sent(content: bytes, media_type: str, plain: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    kind = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-cache"
    return response


def colour_word(colour: str) -> str:
    """What a colour of the types is called in the reader's language, "" for none."""
    return pick(COLOURS[colour][0], colour) if colour in COLOURS else ""


def what_words() -> list[tuple[str, str]]:
    """What the public can say is wrong with a sign (`services.signs.keeping.WHAT`)."""
    return [
        ("damaged", _("损坏、字迹不清")),
        ("missing", _("标志不见了")),
        ("wrong_text", _("名称或拼音写错")),
        ("covered", _("被遮挡、涂改")),
        ("other", _("其他")),
    ]
