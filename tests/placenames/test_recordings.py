"""Recordings: sound is kept, all else the file carried is gone; what is no recording is refused."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import InvalidInputError
from placenames import recordings
from placenames.demo.sounds import hummed

# MPEG 1, layer III, 128 kbit/s, 44.1 kHz, mono: 417 bytes.
FRAME = b"\xff\xfb\x90\xc0" + bytes(413)


def mp3(frames: int = 40, before: bytes = b"", behind: bytes = b"") -> bytes:
    return before + FRAME * frames + behind


def tag(content: bytes) -> bytes:
    return b"ID3\x03\x00\x00" + bytes([0, 0, len(content) >> 7, len(content) & 0x7F]) + content


def cleaned(content: bytes, name: str = "音.mp3") -> recordings.Recording:
    return recordings.cleaned(io.BytesIO(content), name)


def test_tags_with_names_and_what_is_hidden_behind_are_gone():
    found = cleaned(
        mp3(before=tag("录音人张三".encode()), behind=b"TAG" + "李四".encode().ljust(125) + b"<script>alert(1)</script>")
    )
    assert found.content == FRAME * 40 and found.media_type == "audio/mpeg"
    assert found.seconds == pytest.approx(40 * 1152 / 44100)


def test_a_wav_is_written_anew():
    given_ = hummed(["yu2", "he2"])
    extra = b"LIST" + (24).to_bytes(4, "little") + b"INFOIART" + (12).to_bytes(4, "little") + "张三录".encode().ljust(12, b"\0")
    found = cleaned(given_ + extra, "音.wav")
    assert found.media_type == "audio/wav" and "张三".encode() not in found.content
    with wave.open(io.BytesIO(found.content)) as made:
        assert made.getnframes() / made.getframerate() == pytest.approx(found.seconds)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_a_recording"),
        (b"<html><script>alert(1)</script>", "not_a_recording"),
        (mp3(frames=2), "recording_damaged"),
        (FRAME * 10 + b"<html>" * 4000, "recording_damaged"),
        (b"\xff\xfb" + b"PK\x03\x04" * 500, "recording_damaged"),
        (mp3(frames=6000), "recording_too_long"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "recording_damaged"),
        (b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", "recording_damaged"),
    ],
)
def test_what_is_no_recording_is_refused(content, code):
    with pytest.raises(InvalidInputError) as refused:
        cleaned(content)
    assert refused.value.code == code


@settings(max_examples=40)
@given(st.binary(max_size=600), st.sampled_from([b"ID3", b"\xff\xfb", b"RIFF\x10\x00\x00\x00WAVE"]))
def test_whatever_the_bytes_it_is_a_recording_or_refused(junk, start):
    try:
        found = cleaned(start + junk)
    except InvalidInputError as error:
        assert error.code in {"not_a_recording", "recording_damaged", "recording_too_long"}
        return
    assert 0 <= found.seconds <= recordings.LONGEST_SECONDS
