"""The numbers that matching rests on, each with its reason. They are the office's settings: no law states any of them."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.matching.errors import MatchError

LEAST_TOLERANCE_M = 1.0
LARGEST_TOLERANCE_M = 2_000.0


@dataclass(frozen=True)
class Settings:
    """All in metres.

    tolerance_m     how far from the line a walker may be and still walk it. 50: who walks a bank, a ridge or a fence cannot always
                    be on the line itself, and a handheld under trees adds up to 15; a road 60 m off is another way already.
    noise_m         how far a position is usually wrong. 15: handhelds and telephones under trees; under open sky 3 to 5.
    max_gap_m       the longest step between two positions that is taken for walked. 200: a position every 10 s in a car at
                    60 km/h is 170 m. What is longer was not recorded, and nothing says where the walker was.
    join_m          covered stretches nearer to each other than this are one: positions are not known better.
    marker_m        who comes as near as this to a marker has visited it: twice the noise.
    """

    tolerance_m: float = 50.0
    noise_m: float = 15.0
    max_gap_m: float = 200.0
    join_m: float = 20.0
    marker_m: float = 30.0

    def __post_init__(self) -> None:
        if not LEAST_TOLERANCE_M <= self.tolerance_m <= LARGEST_TOLERANCE_M:
            raise MatchError(
                "tolerance_out_of_range",
                f"容差应在 {LEAST_TOLERANCE_M:g} 至 {LARGEST_TOLERANCE_M:g} 米之间。",
                f"The tolerance must lie between {LEAST_TOLERANCE_M:g} and {LARGEST_TOLERANCE_M:g} m.",
            )

    @property
    def shortest_m(self) -> float:
        """

        he shortest covered stretch, twice the tolerance: as far as a way that crosses at 45° comes along within the tolerance.
        """
        return 2.0 * self.tolerance_m

    @property
    def progress_m(self) -> float:
        """What one visit must advance once the noise is averaged out; less is standing, or crossing at right angles."""
        return 2.0 * self.noise_m

    @property
    def step_m(self) -> float:
        """The way between two positions is looked at in steps not longer than this."""
        return self.tolerance_m / 2.0
