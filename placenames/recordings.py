"""Recordings of how a name is spoken: is it one, how long, and the sound alone without what else the file carried.

MP3 (what the census form asks for) and WAV. An MP3 is walked frame by frame and only frames of sound are kept: tags with names of
people go, and so does anything else somebody put before, between or behind. No library does this without decoding (mutagen reads
and deletes tags, but leaves what is no tag); a WAV is written anew by the standard library.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from typing import IO, Final

from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from gis.files import sniff
from gis.files.validators import Candidate

LIMIT_BYTES: Final = 6 * 1024 * 1024
LONGEST_SECONDS: Final = 120.0
_FEWEST_FRAMES: Final = 8
# kbit/s by index, of MPEG 1 and of MPEG 2 and 2.5, layer III (ISO/IEC 11172-3, 13818-3).
_RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLING: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True)
class Recording:
    content: bytes
    media_type: str
    seconds: float


def sound_recording(candidate: Candidate) -> None:
    """A validator: refuses what `cleaned` would."""
    try:
        cleaned(candidate.handle, candidate.name)
    finally:
        candidate.handle.seek(0)


def cleaned(handle: IO[bytes], name: str) -> Recording:
    """Raises `InvalidInputError` (not_a_recording, recording_damaged, recording_too_long)."""
    kind = sniff.sniff(handle)
    handle.seek(0)
    if kind == sniff.WAV:
        found = _wav(handle, name)
    elif kind == sniff.MP3:
        found = _mp3(handle.read(), name)
    else:
        raise InvalidInputError("not_a_recording", _("“%(name)s”不是录音，请用 MP3 或 WAV。") % {"name": name})
    if found.seconds > LONGEST_SECONDS:
        raise InvalidInputError(
            "recording_too_long",
            _("“%(name)s”长 %(seconds)d 秒；读音录音不超过 %(most)d 秒。")
            % {"name": name, "seconds": found.seconds, "most": LONGEST_SECONDS},
        )
    return found


def _wav(handle: IO[bytes], name: str) -> Recording:
    sink = io.BytesIO()
    try:
        with wave.open(handle, "rb") as given:
            channels, width, rate, count = given.getnchannels(), given.getsampwidth(), given.getframerate(), given.getnframes()
            if channels not in (1, 2) or width not in (1, 2, 3) or not 4000 <= rate <= 192_000 or count < 1:
                raise _damaged(name)
            frames = given.readframes(count)
        if len(frames) < channels * width:
            raise _damaged(name)
        with wave.open(sink, "wb") as made:
            made.setnchannels(channels)
            made.setsampwidth(width)
            made.setframerate(rate)
            made.writeframes(frames)
    except (wave.Error, EOFError, OSError, RuntimeError, ValueError, ZeroDivisionError) as error:
        raise _damaged(name) from error
    return Recording(sink.getvalue(), sniff.WAV, len(frames) / (channels * width * rate))


def _mp3(content: bytes, name: str) -> Recording:
    at = _after_tags(content)
    kept, seconds, whole = [], 0.0, len(content) - at
    while (found := _frame(content, at)) is not None:
        length, duration = found
        if at + length > len(content):
            break
        kept.append(content[at : at + length])
        seconds += duration
        at += length
    sound = sum(map(len, kept))
    # Tags behind the sound are small; a file that is mostly something else is no recording, whatever its beginning.
    if len(kept) < _FEWEST_FRAMES or sound < 0.8 * min(whole, len(content)):
        raise _damaged(name)
    return Recording(b"".join(kept), sniff.MP3, seconds)


def _after_tags(content: bytes) -> int:
    """Where the first thing begins that is no ID3v2 tag (its length is four times seven bits)."""
    at = 0
    while content[at : at + 3] == b"ID3" and len(content) >= at + 10:
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size
    return at


def _frame(content: bytes, at: int) -> tuple[int, float] | None:
    """(bytes, seconds) of the frame of layer III that begins at `at`."""
    if len(content) < at + 4:
        return None
    first, second, third = content[at : at + 3]
    version, layer = second >> 3 & 3, second >> 1 & 3
    if first != 0xFF or second & 0xE0 != 0xE0 or version == 1 or layer != 1:
        return None
    rate_index, sampling_index = third >> 4, third >> 2 & 3
    if rate_index in (0, 15) or sampling_index == 3:
        return None
    rate = (_RATES_1 if version == 3 else _RATES_2)[rate_index] * 1000
    sampling, samples = _SAMPLING[version][sampling_index], 1152 if version == 3 else 576
    return samples // 8 * rate // sampling + (third >> 1 & 1), samples / sampling


def _damaged(name: str) -> InvalidInputError:
    return InvalidInputError("recording_damaged", _("“%(name)s”已损坏或夹有别的内容，请重新导出后再传。") % {"name": name})
