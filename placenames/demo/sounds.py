"""A sound in place of a voice: the tones of the syllables as gliding hums. The demo says of it that it is no person speaking."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import numpy as np

RATE = 16_000
# Chao's five levels at the beginning, the middle and the end of a syllable.
_TONES = {"1": (5, 5, 5), "2": (3, 4, 5), "3": (2, 1, 4), "4": (5, 3, 1), "0": (3, 3, 3)}


def hummed(syllables: Sequence[str]) -> bytes:
    """A WAV; `syllables` with the number of their tone, such as ``yu2``."""
    parts = [_syllable(_TONES.get(one[-1], _TONES["0"])) for one in syllables]
    silence = np.zeros(RATE // 12)
    samples = np.concatenate([piece for part in parts for piece in (part, silence)])
    sink = io.BytesIO()
    with wave.open(sink, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes((samples * 12_000).astype("<i2").tobytes())
    return sink.getvalue()


def _syllable(levels: tuple[int, int, int]) -> np.ndarray:
    count = int(RATE * 0.42)
    pitch = 110.0 * 2 ** (np.interp(np.linspace(0, 2, count), [0, 1, 2], levels) / 5.0)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    hum = sum(np.sin(phase * overtone) / overtone for overtone in range(1, 6))
    return np.asarray(hum * np.sin(np.linspace(0, np.pi, count)) ** 0.5 / 2)
