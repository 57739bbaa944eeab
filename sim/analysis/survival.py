"""Return risk: the cumulative incidence of return to custody, with death at liberty competing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LifeTable:
    """Releases by whole months since each person's own release.

    Attributes
    ----------
    at_risk
        Free and alive when a month begins, and followed through all of it, shape (months,).
    returned, died
        Of them, those who return, or die at liberty, in that month, shape (months,).
    """

    at_risk: Ints
    returned: Ints
    died: Ints

    @property
    def censored(self) -> Ints:
        """Free and alive when a month ends, and not followed through the next; shape (months,).

        After the last month of the table: all who are left.
        """
        still = self.at_risk - self.returned - self.died
        return np.asarray(still - np.append(self.at_risk[1:], 0))


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence at the end of each month, shape (months,) all.

    NaN from the first month on that nobody is followed through.
    """

    returned: Floats
    died: Floats
    free: Floats


def life_table(
    curves: Mapping[str, Ints], kind: str, first_month: int, end_month: int
) -> LifeTable:
    """Add up the releases of some calendar months.

    Parameters
    ----------
    curves
        The counts of a cell (`sim.custody.follow_up`).
    kind
        ``expiry`` or ``decree``.
    first_month, end_month
        Calendar months of release, counted from the world's first; the end is not included.
    """
    at_risk, returned, died = (
        curves[f"{fate} after {kind}"][first_month:end_month].sum(axis=0)
        for fate in ("at risk", "returned", "died")
    )
    return LifeTable(at_risk, returned, died)


def cumulative_incidence(table: LifeTable) -> Incidence:
    """Estimate how many have returned by the end of each month since release.

    The estimator of Aalen and Johansen (Scandinavian Journal of Statistics 5, 1978) in whole
    months: with n at risk, r returned and d died in a month and S the share free and alive when it
    begins, incidence grows by S r / n and S becomes S (1 - (r + d) / n). Deaths compete: nobody
    who has died is counted as one who might yet return. Unbiased where the end of follow-up tells
    nothing about the risk; here it is the end of the days simulated.
    """
    n = table.at_risk
    followed = np.cumprod(n > 0, dtype=np.int64) == 1
    safe = np.maximum(n, 1)
    free = np.cumprod(1 - (table.returned + table.died) / safe)
    before = np.concatenate(([1.0], free[:-1]))
    returned = np.cumsum(before * table.returned / safe)
    died = np.cumsum(before * table.died / safe)
    nobody = np.nan
    return Incidence(*(np.where(followed, curve, nobody) for curve in (returned, died, free)))


def observed_incidence(table: LifeTable) -> Incidence:
    """Return the cumulative incidence, as far as it is observed.

    Not observed: nobody was released, or nobody free was followed so long. Where all have returned
    or died before, nobody is left to follow, and the incidence stays as it is.
    """
    curve = cumulative_incidence(table)
    known = int(np.isfinite(curve.returned).sum())
    if known in (0, len(table.at_risk)):
        return curve
    if table.at_risk[known - 1] != (table.returned + table.died)[known - 1]:
        return curve
    last = known - 1

    def stays(values: Floats) -> Floats:
        return np.where(np.arange(len(values)) > last, values[last], values)

    return Incidence(stays(curve.returned), stays(curve.died), stays(curve.free))


def risk_at(table: LifeTable, months: int) -> float | None:
    """Return the cumulative incidence of return by a whole month; None where not observed."""
    risk = float(observed_incidence(table).returned[months - 1])
    return None if np.isnan(risk) else risk
