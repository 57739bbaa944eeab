"""The reference work W: one prison system that every engine is timed on.

W is made up. Its numbers describe no country; they are chosen so that a system of 100,000
admits about 267,000 people in ten years. Frozen: an engine timed on a changed W can no longer
be compared with the published timings.
"""

import math
from dataclasses import dataclass

import numpy as np

YEAR_DAYS = 365.25
HORIZON_DAYS = 3653
HELD = 100_000

DEATHS_PER_YEAR = 0.02
"""Hazard of death in custody, the same for everyone."""


@dataclass(frozen=True)
class Offence:
    """An offence: its share of admissions and its log-normal sentence."""

    name: str
    share: float
    mean_years: float
    sigma: float

    @property
    def mu(self) -> float:
        """Give the mean of the logarithm of the sentence in days."""
        return math.log(self.mean_years * YEAR_DAYS) - self.sigma**2 / 2


OFFENCES = (
    Offence("theft", share=0.32, mean_years=2.25, sigma=0.6),
    Offence("fraud", share=0.16, mean_years=3.0, sigma=0.6),
    Offence("smuggling", share=0.20, mean_years=4.5, sigma=0.5),
    Offence("border crossing", share=0.16, mean_years=4.0, sigma=0.5),
    Offence("assault", share=0.10, mean_years=5.4, sigma=0.6),
    Offence("homicide", share=0.06, mean_years=12.0, sigma=0.4),
)

CAMP_SHARES = (0.22, 0.16, 0.13, 0.11, 0.09, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.02)


@dataclass(frozen=True)
class ShareDecree:
    """An uncapped decree: whoever has served the share is educated, then freed."""

    day: int = 2107
    served_tenths: int = 7
    education_days: int = 60


@dataclass(frozen=True)
class LongTermDecree:
    """A capped decree for long sentences, longest served first, freed on its day."""

    day: int = 1738
    sentence_days: int = 3653
    served_days: int = 1826
    per_camp: int = 50


SHARE_DECREE = ShareDecree()
LONG_TERM_DECREE = LongTermDecree()


def sentence_grid(offence: Offence, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Cover the sentences of an offence by equally likely slices.

    Parameters
    ----------
    offence
        Whose sentences.
    points
        Number of slices.

    Returns
    -------
    The mid-quantile of each slice (whole days, at least 1), and the expected stay that goes
    with it (days, cut short by death).
    """
    # SciPy is slow to import, and only this function needs it.
    from scipy.special import ndtri

    quantiles = (np.arange(points) + 0.5) / points
    days = np.maximum(np.rint(np.exp(offence.mu + offence.sigma * ndtri(quantiles))), 1.0)
    hazard = DEATHS_PER_YEAR / YEAR_DAYS
    return days, -np.expm1(-hazard * days) / hazard


def admissions_per_day(held: int) -> float:
    """Give the admissions a day that keep ``held`` people in custody without decrees."""
    stay = sum(offence.share * sentence_grid(offence, 4096)[1].mean() for offence in OFFENCES)
    return held / float(stay)
