"""What a spot check says of all households that it was drawn from: the share of right records, with Wilson's
interval.

A stratum's households stand for all that it has. Strata in which nobody was met say nothing and stand for
nothing: `Estimate.households` is how many the others have. Where weights differ, the interval is that of the
effective number of answers (Kish, *Survey Sampling*, Wiley 1965, 11.7); with equal ones it is the textbook's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z: Final = 1.959964
"""The standard normal's quantile for an interval of 95 %."""


@dataclass(frozen=True)
class StratumAnswers:
    """How many households a stratum has, how many of those drawn said that the record is right, and how many
    that it is not."""

    households: int
    confirmed: int
    refuted: int

    @property
    def answers(self) -> int:
        """How many say something."""
        return self.confirmed + self.refuted


@dataclass(frozen=True)
class Estimate:
    """`share` of right records among `households`, and between which shares it lies with 95 %."""

    share: float
    low: float
    high: float
    households: int


def estimate(strata: Iterable[StratumAnswers]) -> Estimate | None:
    """The estimate of these answers; None if nobody has answered."""
    answered = [one for one in strata if one.answers]
    if not answered:
        return None
    households = sum(one.households for one in answered)
    share = sum(one.households * one.confirmed / one.answers for one in answered) / households
    squares = sum(one.households**2 / one.answers for one in answered)
    low, high = wilson(share, households**2 / squares)
    return Estimate(share, low, high, households)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's interval of a share among `count` answers (E. B. Wilson, JASA 22, 1927, pages 209–212)."""
    middle = share + Z**2 / (2 * count)
    half = Z * sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    scale = 1 + Z**2 / count
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
