"""Codes on what the maker gets, read from its pixels as a phone reads them."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from django.contrib.gis.geos import Point
from django.urls import reverse

from gis.crs import CGCS2000
from placenames.plates.plate import LEAST_MODULE_MM, code_label, module_mm
from placenames.rules.signs.types import FOLDER
from placenames.services.signs import editions
from placenames.services.signs.registering import Entry, Face, enter
from tests.placenames.signs_world import X, Y, make_world

MM = 72 / 25.4


def read(content: bytes, page: int, dots_per_mm: float) -> list[zxingcpp.Barcode]:
    """The codes on a page drawn with so many dots to a true millimetre."""
    picture = pypdfium2.PdfDocument(content)[page].render(scale=dots_per_mm / MM).to_pil()
    return zxingcpp.read_barcodes(picture.convert("L"))


@pytest.mark.django_db
def test_the_code_of_a_drawing_and_of_a_label_opens_the_archive_page_with_the_sign(client, settings):
    settings.PUBLIC_URL = "https://diming.example.gov.cn"
    world = make_world()
    editions.load_types(None, (FOLDER / "demo.toml").read_bytes(), "demo.toml")
    at = Point(X, Y, srid=CGCS2000)
    village = enter(None, Entry("village", division=world.village.pk, position=at, faces=(Face("blue", {"chinese": "周庄村"}),)))
    street = enter(None, Entry("street", place=world.east_west.pk, position=at))
    client.force_login(world.officer)

    drawing = client.get(reverse("sign-drawing", args=[village.pk, "pdf"])).content
    (code,) = read(drawing, 0, 1.0)
    address, _query, token = code.text.partition("?sign=")
    assert address.startswith(settings.PUBLIC_URL) and token == village.token
    page = client.get(code.text.removeprefix(settings.PUBLIC_URL))
    assert page.status_code == 200 and "周庄村" in page.content.decode()
    # The type gives it a field of 270 mm: a quiet zone of four modules inside, each of some millimetres.
    module = module_mm(code.text, 270.0)
    corner = code.position
    assert module > 4 and corner.top_left.x - 1200 == pytest.approx(4 * module, abs=2.5)

    order = client.get(reverse("signs-production", args=["pdf"]), {"type": "street"}).content
    (label,) = read(order, 2, 6.0)
    assert label.text.endswith(f"?sign={street.token}") and label.text.startswith(settings.PUBLIC_URL)
    assert module_mm(label.text, 60.0) >= LEAST_MODULE_MM
    with_long_address = code_label("https://diming.example.gov.cn/" + "x" * 300, "B1")
    assert with_long_address.width > 60 and module_mm("https://diming.example.gov.cn/" + "x" * 300, with_long_address.width) >= 0.8
