"""Reading a cell: the quantities behind the measures, panel by panel.

What lies past the horizon, and what is divided by nobody, is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.analysis.depth import GROUPINGS, grant_rates, largest_gap, median_between
from sim.analysis.depth import median_served_share as served_share
from sim.analysis.survival import life_table, risk_at
from sim.scenario.lengths import whole_days
from sim.study.cells import Summary

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
YEARS_AFTER = (1, 5)
RISK_YEARS = (1, 3, 5)
WINDOW_YEARS = 5
MONTHS_PER_YEAR = 12

Values = Mapping[str, float | None]


def years(number: int) -> str:
    """Write a number of years."""
    return f"{number} year{'s' if number > 1 else ''}"


class Reading:
    """A cell in a window: sums from a day to the day before the window's end.

    Parameters
    ----------
    first_day
        From which decrees are counted.
    origin_day
        First planned release, from which everything else is.
    horizon_days, start
        Days simulated, and the world's start.
    """

    def __init__(
        self, summary: Summary, first_day: int, origin_day: int, horizon_days: int, start: date
    ) -> None:
        self.series, self.curves = summary.series, summary.curves
        self.camp_stock = summary.camp_stock
        self.first, self.origin, self.start = first_day, origin_day, start
        self.end = origin_day + whole_days(WINDOW_YEARS, "year")
        self.days = horizon_days
        self.observed = origin_day >= 0 and first_day >= 0 and self.end <= self.days

    def on(self, name: str, day: int) -> int | None:
        """Read a series on a day."""
        return int(self.series[name][day]) if 0 <= day < self.days else None

    def total(self, name: str, first: int | None = None) -> int | None:
        """Add up a series over the window, from the origin by default."""
        if not self.observed:
            return None
        return int(self.series[name][self.origin if first is None else first : self.end].sum())

    def rare(self, name: str, first: int | None = None) -> int | None:
        """Add up a series that only some decrees bring, from the close of lists; 0 without."""
        if name in self.series:
            return self.total(name, self.first if first is None else first)
        return 0 if self.observed else None

    def decreed(self, name: str) -> int | None:
        """Add up a series from the close of lists."""
        return self.total(name, self.first)

    def all(self) -> dict[str, float | None]:
        """Read every measure."""
        found = {**self.custody(), **self.decrees(), **self.lives(), **self.returns()}
        return {name: None if value is None else float(value) for name, value in found.items()}

    def custody(self) -> Values:
        """Read who is held."""
        days_held = self.total("stock")
        held = {f"held {years(n)} after": self.on("stock", self.origin + whole_days(n, "year"))
                for n in YEARS_AFTER}  # fmt: skip
        return {
            "held on the eve": self.on("stock", self.origin - 1),
            **held,
            "person-years in custody": over(days_held, DAYS_PER_YEAR),
            "mean stock": over(days_held, self.end - self.origin),
            "occupancy on the eve": self._occupancy(self.on("stock", self.origin - 1)),
            **{name.replace("held", "occupancy"): self._occupancy(n) for name, n in held.items()},
            "person-years above capacity": over(self._crowded_days(), DAYS_PER_YEAR),
            **{f"serving at home {years(n)} after": self._at_home(n) for n in YEARS_AFTER},
            "person-years at home": over(self.rare("serving at home", self.origin), DAYS_PER_YEAR),
            "months held in the window per spell": over(days_held, self._spells(), DAYS_PER_MONTH),
            "months served until expiry":
                over(self.total("days served until expiry"), self.total("expiries"),
                     DAYS_PER_MONTH),
            "months served until release by decree":
                over(self.decreed("days served until release by decree"),
                     self.decreed("releases by decree"), DAYS_PER_MONTH),
            "months served until death in custody":
                over(self.total("days served until death"), self.total("deaths in custody"),
                     DAYS_PER_MONTH),
        }  # fmt: skip

    def _at_home(self, number: int) -> int | None:
        day = self.origin + whole_days(number, "year")
        if "serving at home" in self.series:
            return self.on("serving at home", day)
        return 0 if 0 <= day < self.days else None

    def _places(self) -> NDArray[np.int64] | None:
        """Places by camp; None where the world's occupancy gives none."""
        places = self.curves["places by camp"]
        return places if len(places) else None

    def _occupancy(self, held: int | None) -> float | None:
        places = self._places()
        return None if places is None else over(held, int(places.sum()))

    def _crowded_days(self) -> int | None:
        """Person-days above capacity: at the end of each day, camp by camp."""
        places = self._places()
        if places is None or not self.observed:
            return None
        above = self.camp_stock[self.origin : self.end] - places
        return int(np.maximum(above, 0).sum())

    def _spells(self) -> int | None:
        """Spells in custody at some time in the window: held on the eve, or admitted in it."""
        eve = self.on("stock", self.origin - 1)
        came = [self.total(k) for k in ("first admissions", "returns", "drive arrests")]
        return None if eve is None else eve + sum(n or 0 for n in came)

    def decrees(self) -> Values:
        """Read what decrees do."""
        freed, eligible = self.decreed("releases by decree"), self.decreed("newly eligible")
        fixed = self.decreed("releases from fixed terms")
        remitted = self._over_window("days remitted to the freed")
        left_out = None if eligible is None or freed is None else eligible - freed
        return {
            "eligible": eligible,
            "freed by decree": freed,
            "terms reduced by decree": self.decreed("reductions by decree"),
            "sentences extinguished": self.rare("sentences extinguished"),
            "person-years suspended": over(self.rare("days suspended"), DAYS_PER_YEAR),
            "person-years revived": over(self.rare("days revived"), DAYS_PER_YEAR),
            "exiled": self.decreed("exiled"),
            "months remitted per person freed":
                over(self.decreed("days remitted"), fixed, DAYS_PER_MONTH),
            "median months remitted to those freed": over(remitted, DAYS_PER_MONTH),
            "median served share of those freed":
                served_share(self.curves, self.first, self.end) if self.observed else None,
            "share freed with under a year left":
                over(self.decreed("freed with under a year left"), freed),
            "share freed in ill health": over(self.decreed("freed in ill health"), freed),
            "share freed for violent offences":
                over(self.decreed("freed for violent offences"), freed),
            "gross person-years averted by release":
                over(self.total("freed who would still be held"), DAYS_PER_YEAR),
            "gross person-years averted by shorter terms":
                over(self.total("terms cut that would still run"), DAYS_PER_YEAR),
            "largest number freed on one day": self._largest("releases by decree"),
            "eligible and not freed per person freed":
                None if left_out is None or left_out < 0 else over(left_out, freed),
            **{f"gap in grant rates by {grouping}": self._gap(grouping) for grouping in GROUPINGS},
        }  # fmt: skip

    def _over_window(self, tally: str) -> float | None:
        if not self.observed:
            return None
        return median_between(self.curves[tally], self.first, self.end)

    def _largest(self, name: str) -> int | None:
        if not self.observed:
            return None
        return int(self.series[name][self.first : self.end].max())

    def _gap(self, grouping: str) -> float | None:
        if not self.observed:
            return None
        return largest_gap(grant_rates(self.curves, grouping, self.first, self.end))

    def lives(self) -> Values:
        """Read who dies."""
        inside, outside = self.total("deaths in custody"), self.total("deaths at liberty")
        arrested = self.total("deaths in custody of the arrested")
        both = None
        if inside is not None and outside is not None and arrested is not None:
            both = inside + outside - arrested
        return {"deaths in custody": inside, "deaths in custody or after": both,
                "executions": self.rare("executions", self.origin)}  # fmt: skip

    def returns(self) -> Values:
        """Read who comes back."""
        back = self.total("returns of the freed")
        in_remitted_time = self.total("returns in remitted time")
        advanced = None
        if back is not None and in_remitted_time is not None:
            advanced = back - in_remitted_time
        return {
            "returns to custody": self.total("returns"),
            "returns of those freed": back,
            "returns in remitted time": in_remitted_time,
            "advanced returns": advanced,
            "arrests in drives": self.total("drive arrests"),
            **{f"risk of return within {years(n)} of {words}": self._risk(kind, n)
               for kind, words in (("decree", "release by decree"), ("expiry", "expiry"))
               for n in RISK_YEARS},
        }  # fmt: skip

    def _risk(self, kind: str, number: int) -> float | None:
        """Risk of return of those released in the calendar months from that of the origin."""
        if not self.observed:
            return None
        months = followed_months(self.start, self.origin)
        return risk_at(life_table(self.curves, kind, *months), number * MONTHS_PER_YEAR)


def followed_months(start: date, origin_day: int) -> tuple[int, int]:
    """Calendar months of release that are followed, from the world's first; the end is not."""
    day = start + timedelta(days=origin_day)
    first = (day.year - start.year) * MONTHS_PER_YEAR + day.month - start.month
    return first, first + WINDOW_YEARS * MONTHS_PER_YEAR


def over(above: float | None, below: float | None, unit: float = 1.0) -> float | None:
    """Divide, and count in a unit; None where either is not observed or is divided by 0."""
    return above / below / unit if above is not None and below else None
