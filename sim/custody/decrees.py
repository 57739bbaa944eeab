"""Decrees at work: lists, review, selection, grant; who is booked where in the waterfall.

A decree reads everybody held on the day its lists close, once. Refused under one clause, a
person is tried under the next, the most favourable first: the one under which he would leave
earliest, then the first in the file. The officer's and the centre's answers are drawn once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.law import Bench
from sim.custody.prisons import Prisons
from sim.custody.register import BY_DECREE, Register, Rows
from sim.custody.streams import Draws, Stream, decree_salt
from sim.custody.tables import happens
from sim.scenario.decree import Clause, Decree, Part, Review
from sim.scenario.graded import DecreeShare
from sim.scenario.occasions import Occasion
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
NONE = -1


@dataclass
class Docket:
    """What one occasion decided about those who meet one of its clauses.

    Attributes
    ----------
    held
        Number held and not selected by another decree when lists closed, by group.
    named
        Number of those held whom each exclusion names, whether they meet a clause or not, shape
        (exclusions, groups).
    rows
        Rows of the register that meet a clause, shape (n,).
    kinds
        Kind of person (`Groups.kinds`), shape (n,).
    met, excluded
        Who meets each clause, shape (clauses, n); whom each exclusion bars, (exclusions, n).
    eligible, recommended, approved, selected, granted
        Who reached each stage, shape (n,).
    clause
        Clause under which a person is booked; the first met for those barred.
    cut_days
        Days to be cut under that clause; 0 for a release.
    freeing
        Whose clause is a release, or whose cut left nothing.
    moved
        Selected for a cut, but selected for release by another decree before the grant.
    """

    occasion: Occasion
    rows: Rows
    kinds: Ints
    met: Mask
    excluded: Mask
    eligible: Mask
    recommended: Mask
    approved: Mask
    clause: Ints
    cut_days: Ints
    freeing: Mask
    held: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    named: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    selected: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    granted: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    moved: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


class Court:
    """Carries out the occasions of a scenario's decrees on a register."""

    def __init__(
        self,
        prisons: Prisons,
        draws: Draws,
        decrees: Mapping[str, Decree],
        occasions: tuple[Occasion, ...],
    ) -> None:
        self.prisons = prisons
        self.draws = draws
        self.decrees = decrees
        self.names = tuple(decrees)
        self.occasions = occasions
        self.groups = Groups(prisons)
        self.dockets: dict[int, Docket] = {}

    def close_lists(self, register: Register, number: int) -> None:
        """Read those held, review them and select within the cap, on the close of lists."""
        occasion = self.occasions[number]
        decree = self.decrees[occasion.decree]
        rows = register.held(occasion.close_day)
        rows = rows[register.occasion[rows] == NONE]
        bench = self._bench(register, rows, occasion)
        kinds = self.groups.kinds(register, rows)
        held = self.groups.count(kinds)
        barring = [bench.meets(exclusion.when) for exclusion in decree.exclude.values()]
        named = np.array([self.groups.count(kinds[mask]) for mask in barring])
        met = np.array([_meets(bench, clause) for clause in decree.clauses.values()])
        anyone = met.any(axis=0)
        bench = self._bench(register, rows[anyone], occasion)
        excluded = np.array([mask[anyone] for mask in barring], dtype=np.bool_)
        excluded = excluded.reshape(len(decree.exclude), len(bench.rows))
        docket = self._review(bench, decree, occasion, met[:, anyone], excluded)
        docket.held, docket.named = held, named
        self._select(bench, decree, docket)
        self.dockets[number] = docket
        seen = docket.rows[docket.eligible]
        register.eligible_on[seen] = np.minimum(register.eligible_on[seen], occasion.close_day)
        register.occasion[docket.rows[docket.selected & docket.freeing]] = number

    def _bench(self, register: Register, rows: Rows, occasion: Occasion) -> Bench:
        return Bench(register, self.prisons, self.draws, self.names, rows,
                     occasion.close_day, occasion.threshold_day)  # fmt: skip

    def grant(self, register: Register, number: int) -> None:
        """Make cuts take effect and set the days of release of those still held."""
        occasion, docket = self.occasions[number], self.dockets[number]
        decree = self.decrees[occasion.decree]
        rows = docket.rows
        still = docket.selected & (register.left[rows] == NEVER)
        own = register.occasion[rows] == number
        elsewhere = still & ~docket.freeing & ~own & (register.occasion[rows] != NONE)
        out = docket.selected & ~still & (register.cause[rows] >= BY_DECREE)
        docket.moved = elsewhere | out
        docket.granted = still & ~docket.moved
        left = register.due[rows] - docket.cut_days
        # A cut that leaves nothing is a release by the decree, on its day, unless the term as it
        # was ends sooner.
        spent = docket.granted & ~docket.freeing & (left <= occasion.grant_day)
        docket.freeing |= spent
        register.occasion[rows[spent]] = number
        cut = docket.granted & ~docket.freeing & (docket.cut_days > 0)
        register.cut(rows[cut], docket.cut_days[cut], occasion.grant_day, occasion.position)
        free = docket.granted & docket.freeing
        self._deal_releases(register, rows[free], decree, occasion)

    def _deal_releases(
        self, register: Register, rows: Rows, decree: Decree, occasion: Occasion
    ) -> None:
        """Spread releases evenly within each camp by lottery."""
        days = decree.release.over.value if decree.release.over else 1
        register.release[rows] = occasion.release_day
        if days > 1 and len(rows):
            lottery = self._words(register, rows, Stream.LOTTERY, occasion)
            order = np.lexsort((register.line[rows], register.person[rows], lottery,
                                register.camp[rows]))  # fmt: skip
            camps = register.camp[rows][order]
            place = np.arange(len(rows)) - np.searchsorted(camps, camps)
            register.release[rows[order]] += (place % days).astype(np.int32)
        register.rekey(rows)

    def _words(
        self, register: Register, rows: Rows, stream: Stream, occasion: Occasion
    ) -> NDArray[np.uint64]:
        return self.draws.at(
            stream, register.person[rows], spell=register.spell[rows].astype(np.int64),
            line=register.line[rows], occurrence=occasion.number,
            salt=decree_salt(occasion.decree),
        )  # fmt: skip

    def _review(
        self, bench: Bench, decree: Decree, occasion: Occasion, met: Mask, excluded: Mask
    ) -> Docket:
        n = len(bench.rows)
        clauses = list(decree.clauses.values())
        open_to = met & ~np.array([_barred(decree, clause, excluded, n) for clause in clauses])
        eligible = open_to.any(axis=0)
        leaving, cuts = self._outcomes(bench, clauses, occasion)
        # Open clauses first, the most favourable of them before the others; then those barred.
        tried = leaving + np.where(open_to, 0, np.where(met, NEVER, 2 * NEVER))
        order = np.argsort(tried, axis=0, kind="stable")
        recommended, approved = self._answers(bench, decree, occasion, eligible)
        columns = np.arange(n)
        clause = order[0].copy()
        advised, passed = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        for rank in order:
            yes = open_to[rank, columns] & recommended[rank, columns] & ~passed
            clause[yes & ~advised] = rank[yes & ~advised]
            advised |= yes
            agreed = yes & approved[rank, columns]
            clause[agreed] = rank[agreed]
            passed |= agreed
        cut_days = cuts[clause, columns]
        # A cut that will leave nothing is a release, and takes a place where releases are counted.
        freeing = np.array([c.then == "release" for c in clauses])[clause]
        freeing |= self._spent(bench, cut_days, occasion)
        return Docket(
            occasion, bench.rows, self.groups.kinds(bench.register, bench.rows),
            met, excluded, eligible, advised, passed,
            clause, cut_days, freeing,
        )  # fmt: skip

    def _spent(self, bench: Bench, cut_days: Ints, occasion: Occasion) -> Mask:
        """Whose term a cut uses up by the grant."""
        left = bench.register.due[bench.rows] - cut_days
        return np.asarray((cut_days > 0) & (left <= occasion.grant_day))

    def _outcomes(
        self, bench: Bench, clauses: list[Clause], occasion: Occasion
    ) -> tuple[Ints, Ints]:
        """Planned day of leaving and days cut under each clause, shape (clauses, n) both."""
        n = len(bench.rows)
        leaving = np.full((len(clauses), n), occasion.release_day, dtype=np.int64)
        cuts = np.zeros((len(clauses), n), dtype=np.int64)
        due = bench.register.due[bench.rows].astype(np.int64)
        for i, clause in enumerate(clauses):
            if clause.then != "release":
                reduce = clause.then.reduce
                cut = _amount(bench, reduce.by)
                if reduce.at_most is not None:
                    cut = np.minimum(cut, _amount(bench, reduce.at_most))
                cuts[i] = np.where(bench.life, 0, np.maximum(cut, 0))
                kept = due - cuts[i]
                leaving[i] = np.where(self._spent(bench, cuts[i], occasion), leaving[i], kept)
        return leaving, cuts

    def _answers(
        self, bench: Bench, decree: Decree, occasion: Occasion, eligible: Mask
    ) -> tuple[Mask, Mask]:
        """Recommendation and approval by clause, shape (clauses, n) both; one draw for each."""
        rows = bench.rows[eligible]
        answers = []
        for stream, word in ((Stream.RECOMMENDATION, "recommended"), (Stream.APPROVAL, "approved")):
            yes = np.ones((len(decree.clauses), len(bench.rows)), dtype=np.bool_)
            asked = [_asked(c.review, decree.review, word) for c in decree.clauses.values()]
            if any(share is not None for share in asked):
                words = self._words(bench.register, rows, stream, occasion)
                for i, share in enumerate(asked):
                    if share is not None:
                        yes[i, eligible] = happens(words, share)
            answers.append(yes)
        return answers[0], answers[1]

    def _select(self, bench: Bench, decree: Decree, docket: Docket) -> None:
        """Select within the cap by rank, ties by lottery, then by person."""
        docket.selected = docket.approved.copy()
        cap = decree.cap.value
        if cap is None:
            return
        counted = {"releases": docket.freeing, "reductions": ~docket.freeing,
                   "both": np.ones(len(docket.rows), dtype=np.bool_)}[decree.counts]  # fmt: skip
        asking = np.flatnonzero(docket.approved & counted)
        rows = docket.rows[asking]
        register = bench.register
        lottery = self._words(register, rows, Stream.LOTTERY, docket.occasion)
        keys = [
            lottery if name == "lottery" else _rank_key(bench, name)[asking] for name in decree.rank
        ]
        ties = [register.spell[rows], register.line[rows], register.person[rows], lottery]
        by_camp = cap.per == "camp"
        groups = register.camp[rows] if by_camp else np.zeros(len(rows), dtype=np.int16)
        sorted_by = [np.asarray(key) for key in (*ties, *reversed(keys), groups)]
        order = np.lexsort(tuple(sorted_by))
        place = np.arange(len(rows)) - np.searchsorted(groups[order], groups[order])
        docket.selected[asking[order[place >= cap.places]]] = False


def _barred(decree: Decree, clause: Clause, excluded: Mask, n: int) -> Mask:
    """Whom the exclusions bar from a clause; a clause may stand despite some of them."""
    names = list(decree.exclude)
    binding = [excluded[i] for i, name in enumerate(names) if name not in clause.despite]
    return np.asarray(np.logical_or.reduce([np.zeros(n, dtype=np.bool_), *binding]))


def _asked(clause: Review, decree: Review, word: str) -> float | None:
    """Probability of an answer where one is asked for: the clause's own, else the decree's."""
    share: DecreeShare | None = getattr(clause, word) or getattr(decree, word)
    return share.value if share is not None else None


def _meets(bench: Bench, clause: Clause) -> Mask:
    """Who meets a clause; a cut in days does not reach a life sentence."""
    met = bench.meets(clause.when)
    return met if clause.then == "release" else met & ~bench.life


def _amount(bench: Bench, part: Part) -> Ints:
    """Days of an amount; fractions are rounded down to whole days."""
    n = len(bench.rows)
    if part.of == "days":
        return np.full(n, part.days, dtype=np.int64)
    whole = {"sentence": bench.sentence, "term": bench.term, "remaining": bench.remaining}[part.of]
    return whole * part.fraction.numerator // part.fraction.denominator


def _rank_key(bench: Bench, name: str) -> NDArray[np.float64] | Ints:
    """Smaller comes first."""
    register, rows = bench.register, bench.rows
    last = np.iinfo(np.int64).max
    if name == "longest served":
        return -bench.served
    if name == "least remaining":
        return np.where(bench.life, last, bench.remaining)
    if name == "shortest sentence":
        return np.where(bench.life, last, bench.sentence)
    if name == "oldest":
        return register.born[rows].astype(np.int64)
    if name == "ill first":
        states = bench.prisons.scenario.world.health.states.values()
        hazards = np.array([state.in_custody.value for state in states])
        return -hazards[register.health[rows]]
    # Exact shares ordered without floats: served/term as whole parts of 2**32.
    term = np.maximum(bench.term, 1)
    return np.where(bench.life, 1, -((bench.served << 32) // term))


class Groups:
    """The groups that are counted: everybody, each offence, origin in the capital, ill health.

    People are sorted into kinds by offence, origin and health; a group is a set of kinds. In ill
    health are all whose state is not the first that the world lists.
    """

    def __init__(self, prisons: Prisons) -> None:
        world = prisons.scenario.world
        origins, offences = list(world.origins), list(world.offences)
        self.capital = origins.index(PYONGYANG) if PYONGYANG in origins else NONE
        known = (f"from {PYONGYANG}",) if PYONGYANG in origins else ()
        self.names = ("all", *offences, *known, "in ill health")
        kinds = np.arange(4 * len(offences))
        offence = kinds // 4
        members = [kinds >= 0, *(offence == code for code in range(len(offences)))]
        if known:
            members.append(kinds // 2 % 2 == 1)
        members.append(kinds % 2 == 1)
        self.members = np.array(members, dtype=np.int64)

    def kinds(self, register: Register, rows: Rows) -> Ints:
        """Kind of each row, shape (n,)."""
        offence = register.offence[rows].astype(np.int64)
        capital = register.origin[rows] == self.capital
        return np.asarray((offence * 2 + capital) * 2 + (register.health[rows] > 0))

    def count(self, kinds: Ints) -> Ints:
        """Count people of given kinds by group, shape (groups,)."""
        return self.members @ np.bincount(kinds, minlength=self.members.shape[1])
