"""The model against theory: each quantity beside its closed form, with the band that chance allows.

All bands together are missed by chance with probability `FALSE_ALARM` at most, if the model is
right (Bonferroni over the checks). A band without chance holds in every replication or is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.analysis.estimates import Floats
from sim.analysis.infinite_server import InfiniteServer, Ints
from sim.custody.model import Cell, simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import Draws
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.scenario.variants import without_decrees
from sim.study.execute import solved

FALSE_ALARM = 1e-4
"""Probability that any check fails by chance."""
PRISONS, RANDOM_SHARE, END_OF_CUSTODY = (
    f"theory/{name}.yaml" for name in ("prisons", "random-share", "end-of-custody")
)
EVENINGS = {"on the first evening": 0, "after two years": 730, "after six years": 2191}
LATER = {"half a year": 183, "one year": 365, "two years": 731, "three years": 1096}
YEAR_DAYS = 365
DAYS_EARLY, RELEASED, IN_DAYS = 18, 28_879, 337
"""England's End of Custody Licence, 29 June 2007 to 30 May 2008."""


@dataclass(frozen=True)
class Check:
    """A quantity of the model beside its closed form.

    Attributes
    ----------
    theory
        The closed form, and where the band is; None where theory gives bounds alone.
    low, high
        The band in which the simulated value must lie, ends included.
    """

    subject: str
    quantity: str
    unit: str
    theory: float | None
    simulated: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the simulated value lies in the band."""
        return bool(self.low <= self.simulated <= self.high)


Judge = Callable[[float], Check]
"""Makes a check, given the probability with which it may fail by chance."""


def check_theory(replications: int, seed: int) -> tuple[Check, ...]:
    """Run the worlds of theory and hold them against closed forms.

    Parameters
    ----------
    replications
        At least 2.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    if replications < 2:
        raise ValueError(f"at least 2 replications; found {replications}")
    judges = [*_stock(replications, seed), *_gap(replications, seed)]
    releases, exact = _end_of_custody(replications, seed)
    judges += releases
    level = FALSE_ALARM / len(judges)
    return (*(judge(level) for judge in judges), *exact)


def _stock(replications: int, seed: int) -> Iterator[Judge]:
    """Judge the stock, Little's law and residual terms, in a world without decrees."""
    scenario = load(PRISONS)
    theory, held = InfiniteServer(scenario), scenario.world.held.value
    cells = [_run(scenario, seed, k) for k in range(replications)]
    stock = np.array([cell.record.series["stock"] for cell in cells])
    for when, evening in EVENINGS.items():
        found = stock[:, evening]
        yield _poisson("stock", f"mean {when}", "persons", held, found)
        yield _variance("stock", f"variance {when}", held, found)
    admitted = np.array([_admissions(cell).sum() for cell in cells])
    days = scenario.world.days
    yield _poisson("stock", "admissions a year", "persons", theory.admissions * days,
                   admitted, YEAR_DAYS / days)  # fmt: skip
    stays = np.array([_stays(cell, days) for cell in cells]) / days
    yield _difference("Little's law", "stock as admissions times stay", stock.mean(axis=1), stays)
    left = np.concatenate([_residuals(cell, EVENINGS["after two years"]) for cell in cells])
    yield from _terms(theory, left)


def _gap(replications: int, seed: int) -> Iterator[Judge]:
    """Judge the gap that the release of a random share leaves, and how it closes."""
    scenario = load(RANDOM_SHARE)
    theory, (decree,) = InfiniteServer(scenario), scenario.decrees.values()
    granted, review = decree.granted, decree.clauses["everybody"].review
    assert granted is not None
    assert granted.value is not None
    assert review is not None
    assert review.recommended is not None
    share = review.recommended.value
    assert isinstance(share, float)
    freed = share * scenario.world.held.value
    day = (granted.value - scenario.world.start).days
    gap, _ = _paired(scenario, replications, seed)
    for when, days in {"on the day of release": 0, **LATER}.items():
        after = when if not days else f"{when} later"
        expected = freed * theory.left_after(days)
        yield _poisson("gap", f"fewer held {after}", "persons", expected, gap[:, day + days])


def _end_of_custody(replications: int, seed: int) -> tuple[list[Judge], list[Check]]:
    """Judge releases eighteen days early, and their identity, which chance does not touch."""
    scenario = load(END_OF_CUSTODY)
    begins = scenario.document.measured_from
    assert begins is not None
    first = (begins - scenario.world.start).days
    gap, freed = (
        counts[:, first : first + IN_DAYS] for counts in _paired(scenario, replications, seed)
    )
    released = freed.sum(axis=1)
    rate = InfiniteServer(scenario).admissions
    saved = np.minimum(DAYS_EARLY, IN_DAYS - np.arange(IN_DAYS))
    fewer = gap.mean(axis=1)
    subject = "eighteen days early"
    judges = [
        _poisson(subject, f"released in {IN_DAYS} days", "persons", rate * IN_DAYS, released),
        _normal(
            subject, "fewer held on average", "persons", rate * saved.sum() / IN_DAYS,
            float(np.sqrt(rate * (saved**2).sum() / replications)) / IN_DAYS, float(fewer.mean()),
        ),
    ]  # fmt: skip
    excess = float((fewer - released * DAYS_EARLY / IN_DAYS).max())
    most = RELEASED * DAYS_EARLY / IN_DAYS
    scaled = float((fewer * RELEASED / released).max()) if released.all() else float("nan")
    return judges, [
        Check(subject, f"fewer held, less releases x {DAYS_EARLY} / {IN_DAYS}; largest", "persons",
              None, excess, -np.inf, 0.0),
        Check(subject, f"fewer held at {RELEASED:,} releases, largest", "persons", None, scaled,
              0.0, most),
    ]  # fmt: skip


def _run(scenario: Scenario, seed: int, replication: int) -> Cell:
    return simulate(scenario, solved(scenario), Draws(seed, replication))


def _paired(scenario: Scenario, replications: int, seed: int) -> tuple[Ints, Ints]:
    """Count how many fewer are held than without decrees, and releases by decree.

    Returns
    -------
    tuple
        Two arrays of shape (replications, days).
    """
    baseline, world = without_decrees(scenario), solved(scenario)
    gaps, freed = [], []
    for k in range(replications):
        draws = Draws(seed, k)
        people = people_at_hand(world, draws)
        ours, theirs = (
            simulate(one, world, draws, people=people).record.series for one in (scenario, baseline)
        )
        gaps.append(theirs["stock"] - ours["stock"])
        freed.append(ours["releases by decree"])
    return np.array(gaps), np.array(freed)


def _admissions(cell: Cell) -> NDArray[np.bool_]:
    """Mark the spells that began in the run."""
    return np.asarray(cell.register.admitted >= 0)


def _stays(cell: Cell, days: int) -> float:
    """Add up the stays of those admitted in the run, followed to their end, also beyond it."""
    r = cell.register
    came = (r.admitted >= 0) & (r.admitted < days)
    ends = np.minimum(r.due[came], r.dies[came]).astype(np.int64)
    return float((ends - r.admitted[came]).sum())


def _residuals(cell: Cell, evening: int) -> Ints:
    """Days to the end of the term of those held on an evening."""
    r = cell.register
    held = (r.admitted <= evening) & (r.left > evening)
    return np.asarray(r.due[held].astype(np.int64) - evening)


def _terms(theory: InfiniteServer, left: Ints) -> Iterator[Judge]:
    """Judge the terms still to serve of those held on one evening."""
    weights = theory.residual / theory.residual.sum()
    days = np.arange(len(weights))
    mean = float(weights @ days)
    sd = float(np.sqrt(weights @ (days - mean) ** 2))
    n = len(left)
    yield _normal(
        "residual terms", "mean time to the end of the term", "days", mean, sd / float(np.sqrt(n)),
        float(left.mean()),
    )  # fmt: skip
    for text, limit in (("half a year", 183), ("one year", 365), ("two years", 731)):
        share = float(weights[: limit + 1].sum())
        yield _share("residual terms", f"at most {text} left", share, int((left <= limit).sum()), n)


def _tails(level: float) -> tuple[float, float]:
    """Share a probability of failing between the two ends of a band."""
    return level / 2, 1 - level / 2


def _poisson(
    subject: str, quantity: str, unit: str, mean: float, found: Ints,
    scale: float = 1.0,
) -> Judge:  # fmt: skip
    """Judge independent Poisson counts by their sum, whose quantiles are exact."""
    n, total = len(found), int(found.sum())

    def judge(level: float) -> Check:
        ends = [float(stats.poisson.ppf(q, n * mean)) * scale / n for q in _tails(level)]
        return Check(subject, quantity, unit, mean * scale, total * scale / n, *ends)

    return judge


def _variance(subject: str, quantity: str, mean: float, found: Ints) -> Judge:
    """Judge the spread of large Poisson counts around a known mean."""
    squares = float(((found - mean) ** 2).mean())

    def judge(level: float) -> Check:
        n = len(found)
        ends = [float(stats.chi2.ppf(q, n)) * mean / n for q in _tails(level)]
        return Check(subject, quantity, "persons²", mean, squares, *ends)

    return judge


def _share(subject: str, quantity: str, share: float, number: int, of: int) -> Judge:
    """Judge a share of independent persons by binomial quantiles."""

    def judge(level: float) -> Check:
        ends = [float(stats.binom.ppf(q, of, share)) * 100 / of for q in _tails(level)]
        return Check(subject, quantity, "%", 100 * share, 100 * number / of, *ends)

    return judge


def _normal(
    subject: str, quantity: str, unit: str, mean: float, error: float, found: float
) -> Judge:  # fmt: skip
    """Judge a mean of many independent parts whose standard error theory gives."""

    def judge(level: float) -> Check:
        half = float(stats.norm.isf(level / 2)) * error
        return Check(subject, quantity, unit, mean, found, mean - half, mean + half)

    return judge


def _difference(subject: str, quantity: str, found: Floats, expected: Floats) -> Judge:
    """Judge two quantities of each replication whose means are equal."""
    n, gap = len(found), found - expected
    mean = float(expected.mean())

    def judge(level: float) -> Check:
        half = float(stats.t.isf(level / 2, n - 1) * gap.std(ddof=1) / np.sqrt(n))
        return Check(
            subject, quantity, "persons", mean, float(found.mean()), mean - half, mean + half
        )

    return judge
