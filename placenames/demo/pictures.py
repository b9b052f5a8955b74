"""Pictures of the demo's places, painted by code: hills, water, a bridge, a gate; no photo of anybody's."""

from __future__ import annotations

import io
import random
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
Colour = tuple[int, int, int]


def picture(scene: str, seed: int) -> bytes:
    """A JPEG of 960 × 720, the same for the same scene and seed. Its EXIF tells a camera and a place, as photos do."""
    dice = random.Random(f"{scene}-{seed}")  # noqa: S311 - a picture
    image = _sky((206, 222, 228), (243, 232, 214))
    draw = ImageDraw.Draw(image)
    sun = dice.randint(560, 820)
    draw.ellipse((sun, 90, sun + 70, 160), fill=(250, 240, 216))
    shades = ((158, 181, 186), (118, 150, 154), (82, 118, 117), (58, 90, 82))
    for at, shade in enumerate(shades):
        _ridge(draw, dice, 250 + 70 * at, 80 - 12 * at, shade)
    {"river": _river, "ferry": _river, "bridge": _bridge, "village": _gate, "town": _gate}.get(scene, _trees)(draw, dice)
    if scene == "ferry":
        for step in range(5):
            draw.rectangle(
                (60 + 34 * step, 560 + 22 * step, 330, 584 + 22 * step), fill=(146 - 9 * step, 139 - 9 * step, 128 - 9 * step)
            )
    image = image.filter(ImageFilter.GaussianBlur(1.1))
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "demo camera", "演示摄影者（虚构）"
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 54.0, 12.0), 3: "E", 4: (113.0, 31.0, 7.0)})
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=84, exif=exif, comment=b"made by the demo")
    return sink.getvalue()


def _sky(top: Colour, low: Colour) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        share = y / HEIGHT
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True)))
    return column.resize((WIDTH, HEIGHT))


def _ridge(draw: ImageDraw.ImageDraw, dice: random.Random, base: float, rough: float, colour: Colour) -> None:
    """A range of hills by halving, each half moved less."""
    heights = [base + dice.uniform(-rough, rough), base + dice.uniform(-rough, rough)]
    while len(heights) < 120:
        between = [(a + b) / 2 + dice.uniform(-rough, rough) for a, b in pairwise(heights)]
        heights = [one for pair in zip(heights, between, strict=False) for one in pair] + heights[-1:]
        rough *= 0.55
    step = WIDTH / (len(heights) - 1)
    draw.polygon([(0, HEIGHT), *((at * step, height) for at, height in enumerate(heights)), (WIDTH, HEIGHT)], fill=colour)


def _river(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    draw.polygon([(380, 520), (520, 520), (960, 640), (960, 720), (120, 720)], fill=(168, 190, 192))
    for _at in range(26):
        x, y = dice.randint(240, 820), dice.randint(545, 705)
        draw.line((x, y, x + dice.randint(20, 70), y), fill=(205, 218, 216), width=2)


def _bridge(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    _river(draw, dice)
    draw.polygon([(60, 600), (480, 500), (900, 600), (900, 640), (60, 640)], fill=(150, 143, 132))
    for centre, width in ((250, 95), (480, 125), (710, 95)):
        draw.ellipse((centre - width, 560, centre + width, 760), fill=(118, 146, 148))
    for x in range(90, 890, 40):
        y = 595 - (1 - abs(x - 480) / 420) * 98
        draw.rectangle((x, y - 26, x + 8, y + 6), fill=(124, 118, 108))


def _gate(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    draw.rectangle((180, 430, 780, 720), fill=(134, 116, 98))
    for _at in range(220):
        x, y = dice.randint(185, 760), dice.randint(436, 700)
        draw.rectangle((x, y, x + 22, y + 9), outline=(116, 99, 83))
    draw.rectangle((390, 560, 570, 720), fill=(52, 46, 42))
    draw.pieslice((390, 470, 570, 650), 180, 360, fill=(52, 46, 42))
    draw.polygon([(150, 440), (480, 330), (810, 440)], fill=(76, 82, 82))
    draw.polygon([(130, 452), (830, 452), (800, 432), (160, 432)], fill=(62, 66, 66))


def _trees(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    for _at in range(60):
        x, size = dice.randint(-20, WIDTH), dice.randint(26, 60)
        y = dice.randint(560, 700)
        draw.polygon(
            [(x, y), (x + size // 2, y - size * 2), (x + size, y)], fill=(34 + dice.randint(0, 24), 62 + dice.randint(0, 24), 54)
        )
