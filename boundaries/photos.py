"""Photos from the field: is it one, where and when was it taken, a small picture of it with the right side up.

Pillow reads and makes the pictures (only JPEG and PNG, whatever else it could). What EXIF says is taken as said: positions as
WGS 84, which on the ground is CGCS2000; a time without a zone is the clock of the office's time zone.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from gis.errors import InvalidInputError
from gis.files import sniff
from gis.files.validators import Candidate

FORMATS: Final = ("JPEG", "PNG")
EXTENSIONS: Final = ("jpg", "jpeg", "png")
# More than any telephone of today takes at once, and what one picture may take of the memory when it is opened.
MAX_PIXELS: Final = 120_000_000
# Of a picture whose pixels are only there when all of it is in memory (PNG, progressive JPEG).
MAX_PIXELS_WHOLE: Final = 40_000_000
# Clocks are wrong by years; beyond these no calendar of the database and of Python agrees.
YEARS: Final = (1970, 2200)
_TIME: Final = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True)
class Exif:
    """`place` is (longitude, latitude) in degrees or None; `taken_at` aware or None; `zone_told`: the clock said its zone."""

    place: tuple[float, float] | None = None
    taken_at: datetime | None = None
    zone_told: bool = False


def no_heic(candidate: Candidate) -> None:
    """What iPhones write unless told otherwise; neither the office's programs nor ours open it."""
    if candidate.media_type == sniff.HEIC or candidate.extension in {"heic", "heif"}:
        raise InvalidInputError(
            "photo_heic",
            _(
                "“%(name)s”是 HEIC 照片，办公电脑大多打不开。请在手机“设置 → 相机 → 格式”中选“兼容性最佳”后重拍，"
                "或把这张照片另存为 JPEG 再传；原照片请保留。"
            )
            % {"name": candidate.name},
        )


def sound_photo(candidate: Candidate) -> None:
    """A JPEG or PNG that opens to its end and is not a bomb."""
    try:
        if candidate.media_type not in {sniff.JPEG, sniff.PNG}:
            raise InvalidInputError("not_a_photo", _("“%(name)s”不是照片。") % {"name": candidate.name})
        with warnings.catch_warnings(action="ignore"), _opened(candidate.handle) as image:
            width, height = image.size
            if width * height > _most_pixels(image):
                raise Image.DecompressionBombError
            image.draft("RGB", (width // 8, height // 8))
            image.load()
    except InvalidInputError:
        raise
    except Image.DecompressionBombError as error:
        told = {"name": candidate.name, "millions": MAX_PIXELS_WHOLE // 1_000_000}
        raise InvalidInputError("photo_too_large", _("“%(name)s”的像素超过 %(millions)d 百万，没有接收。") % told) from error
    except Exception as error:  # a library for pictures fails in many ways on what is none
        raise InvalidInputError(
            "photo_damaged", _("“%(name)s”已损坏，打不开；请重新选择或重拍。") % {"name": candidate.name}
        ) from error
    finally:
        candidate.handle.seek(0)


def read_exif(handle: IO[bytes], zone: tzinfo) -> Exif:
    """What the photo says of itself; nothing where it says nothing that can be. Never raises for what is in the file."""
    handle.seek(0)
    try:
        with warnings.catch_warnings(action="ignore"), _opened(handle) as image:
            exif = image.getexif()
            gps, details = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
            taken, told = _taken(details, exif, gps, zone)
            return Exif(_place(gps), taken, told)
    except Exception:  # hostile EXIF; the photo itself was found sound
        return Exif()
    finally:
        handle.seek(0)


def small(handle: IO[bytes], edge: int) -> bytes:
    """A JPEG no longer than `edge` pixels on either side, upright, without EXIF or comment."""
    handle.seek(0)
    with warnings.catch_warnings(action="ignore"), _opened(handle) as image:
        image.draft("RGB", (edge, edge))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((edge, edge))
        sink = io.BytesIO()
        picture = upright.convert("RGB")
        picture.info.clear()  # a JPEG's comment would be written again
        picture.save(sink, "JPEG", quality=82, optimize=True)
    return sink.getvalue()


def _most_pixels(image: Image.Image) -> int:
    whole = image.format != "JPEG" or bool(image.info.get("progressive"))
    return MAX_PIXELS_WHOLE if whole else MAX_PIXELS


def _opened(handle: IO[bytes]) -> Image.Image:
    """Called where warnings are not listened to: our own bound is asked first, and odd EXIF is no news."""
    return Image.open(handle, formats=FORMATS)


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        return None
    return lon, lat


def _degrees(parts: Any, reference: Any, negative: str) -> float | None:
    try:
        numbers = [float(part) for part in parts][:3]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not numbers or not all(math.isfinite(number) for number in numbers):
        return None
    value = sum(number / 60**power for power, number in enumerate(numbers))
    return -value if str(reference).strip("\0 ").upper() == negative else value


def _taken(details: dict[int, Any], exif: Any, gps: dict[int, Any], zone: tzinfo) -> tuple[datetime | None, bool]:
    """By the camera's clock where it tells its zone, else by the satellites', else by the camera's clock in the office's zone."""
    written = _moment(details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime))
    offset = _OFFSET.match(str(details.get(ExifTags.Base.OffsetTimeOriginal) or details.get(ExifTags.Base.OffsetTime) or ""))
    if written and offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        told = timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
        return written.replace(tzinfo=told), True
    by_satellite = _satellite_time(gps)
    if by_satellite is not None:
        return by_satellite, True
    return (written.replace(tzinfo=zone) if written else None), False


def _satellite_time(gps: dict[int, Any]) -> datetime | None:
    try:
        year, month, day = (int(part) for part in re.split(r"[:\-/]", str(gps[ExifTags.GPS.GPSDateStamp]).strip("\0 ")))
        hour, minute, second = (float(part) for part in gps[ExifTags.GPS.GPSTimeStamp])
        found = datetime(year, month, day, int(hour), int(minute), int(second), tzinfo=UTC)
        return found if YEARS[0] <= year <= YEARS[1] else None
    except (KeyError, TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None


def _moment(text: Any) -> datetime | None:
    found = _TIME.match(str(text or ""))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    if not YEARS[0] <= year <= YEARS[1]:
        return None
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  the zone is added by the caller
    except ValueError:
        return None
