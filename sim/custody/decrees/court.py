"""Decrees at work: lists, review, selection, grant; who is booked where in the waterfall.

A decree reads everybody held on the day its lists close, once. Refused under one clause, a
person is tried under the next, the most favourable first: the one under which he would leave
earliest, then the first in the file. The officer's and the centre's answers are drawn once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import everybody
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.effects import apply, commuted, due_under, used_up
from sim.custody.decrees.escorts import Escorts
from sim.custody.decrees.headcount import HeadCount, countable
from sim.custody.decrees.newcomers import Newcomers
from sim.custody.decrees.reading import Reading
from sim.custody.decrees.review import qualified, review, take_up
from sim.custody.decrees.selection import pass_on, select
from sim.custody.decrees.standing import Watch
from sim.custody.decrees.suspended import OPEN, Suspended
from sim.custody.decrees.waits import deal_releases
from sim.custody.decrees.work import Desks
from sim.custody.ends import BY_DECREE, NO_OCCASION
from sim.custody.hazards import NEVER
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws
from sim.custody.turns import Turns
from sim.scenario.law.decree import Decree
from sim.scenario.law.revival import Revival
from sim.scenario.occasions import Occasion, check_on

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
NOBODY = np.empty(0, dtype=np.intp)
MORE = frozenset(("serve_the_rest", "end_the_case", "expunge", "abroad"))
"""Effects of releases that lead elsewhere than to liberty, or do more than let out."""


class Court:
    """Carries out the occasions of a scenario's decrees on a register."""

    def __init__(
        self,
        prisons: Prisons,
        draws: Draws,
        decrees: Mapping[str, Decree],
        occasions: tuple[Occasion, ...],
        recurring: Mapping[int, int] | None = None,
    ) -> None:
        self.prisons = prisons
        self.draws = draws
        self.decrees = decrees
        self.occasions = occasions
        self.origins = tuple(prisons.scenario.world.origins)
        self.reading = Reading(prisons, draws, decrees, occasions, recurring or {})
        self.dockets: dict[int, Docket] = {}
        self.newcomers = Newcomers(prisons, draws)
        self.suspended = Suspended(prisons, draws)
        self.watches: dict[int, Watch] = {}
        self.desks: dict[int, Desks] = {}
        self.closed: list[Docket] = []
        self.escorts = Escorts(draws, decrees, occasions)
        self.headcount = HeadCount(self.reading, decrees)
        self.seen: list[tuple[int, Rows, Mask]] = []
        """Who was looked at, and who of them was eligible, day by day."""

    def close_lists(self, register: Register, number: int) -> None:
        """Read those held, review them and select within the cap, on the close of lists."""
        occasion = self.occasions[number]
        turns = self.reading.turns_of(register, number)
        later = turns is not None and countable(self.decrees[occasion.decree])
        if turns is not None and later:
            rows = register.awaited(turns, occasion.close_day)
        else:
            rows = register.held(occasion.close_day, alone=True)
        if occasion.late:
            rows = rows[register.begins(rows) == occasion.close_day]
        elif occasion.until_day is not None and register.has_trials:
            rows = rows[register.begins(rows) <= occasion.close_day]
        docket = self._read(
            register, rows, occasion, self.desks.get(number), turns, counted=not later
        )
        self.dockets[number] = docket
        if later:
            self.headcount.close(docket)
        else:
            self.closed.append(docket)
        self._bind(register, docket, number)

    def queue(self, register: Register, number: int, day: int) -> None:
        """Add files to the queues of an occasion: of those held, later of those admitted."""
        occasion = self.occasions[number]
        decree = self.decrees[occasion.decree]
        work = decree.review.work
        assert work is not None
        rows = register.held(day, alone=True)
        if day > occasion.ordered_day:
            rows = rows[register.admitted[rows] == day]
        bench = self.reading.bench(register, rows, occasion, day)
        desks = self.desks.setdefault(number, Desks(decree, work, occasion))
        desks.join(bench, qualified(bench, decree))

    def check(self, register: Register, number: int, day: int) -> None:
        """Look, on one day, at those for whom a standing decree may have come; grant at once."""
        first = self.occasions[number]
        decree, start = self.decrees[first.decree], self.prisons.scenario.world.start
        occasion = check_on(decree, first, day, start)
        if number not in self.watches:
            self.watches[number] = Watch(register, decree, first, self.reading.groups)
        watch = self.watches[number]
        rows = watch.awaited(register, day)
        docket = self._read(register, rows, occasion)
        self._bind(register, docket, number)
        self.dockets[number] = docket
        watch.meet(register, self.reading.bench(register, rows, occasion))
        self.grant(register, number, occasion)
        watch.note(docket, self.reading.bench(register, rows, occasion))

    def settle(self, register: Register) -> None:
        """Put what standing decrees decided into one docket each; count what could wait."""
        register.own("eligible_on")
        for day, rows, eligible in reversed(self.seen):  # so that the first day stands
            register.eligible_on[rows[eligible]] = day
        for number, watch in self.watches.items():
            self.dockets[number] = watch.docket()
        self.headcount.settle(register)

    def _read(
        self,
        register: Register,
        rows: Rows,
        occasion: Occasion,
        desks: Desks | None = None,
        turns: Turns | None = None,
        *,
        counted: bool = True,
    ) -> Docket:
        """Read people, review them and select within the cap; count them, unless others do."""
        decree = self.decrees[occasion.decree]
        beyond = self.reading.groups.nobody()
        if occasion.until_day is not None:
            rows, beyond = self.reading.reached(register, rows, occasion, occasion.until_day)
        held, named, bench, kinds, met, excluded = self.reading.who_meets(
            register, rows, occasion, turns, counted=counted
        )
        held += beyond
        reached = None if desks is None else desks.reached(register, bench.rows)
        docket = review(bench, decree, occasion, met, excluded, reached)
        docket.held, docket.beyond, docket.named = held, beyond, named
        if counted:
            docket.kinds = kinds
            docket.health = register.health_on(bench.rows, occasion.close_day)
        select(bench, decree, docket)
        docket.takes = take_up(bench, decree, occasion, docket)
        if docket.takes is None:
            docket.declined = np.zeros(len(docket.rows), dtype=np.bool_)
        else:
            docket.declined = docket.selected & ~docket.takes
        self.seen.append((occasion.close_day, docket.rows, docket.eligible))
        return docket

    def grant(self, register: Register, number: int, on: Occasion | None = None) -> None:
        """Make cuts take effect and set the days of release of those still held."""
        occasion, docket = on or self.occasions[number], self.dockets[number]
        decree = self.decrees[occasion.decree]
        rows = docket.rows
        if decree.places == "passed on":
            pass_on(register, docket)
            self._bind(register, docket, number)
        still = bound = docket.accepted
        docket.moved = np.zeros(len(rows), dtype=np.bool_)
        if occasion.grant_day > occasion.close_day:  # on one day nobody leaves in between
            there = register.left[rows] == NEVER
            still = bound & there
            docket.moved = bound & ~there & (register.cause[rows] >= BY_DECREE)
        cut = still & ~docket.freeing
        cuts = bool(np.count_nonzero(cut))
        if cuts:
            own = register.occasion[rows] == number
            elsewhere = cut & ~own & (register.occasion[rows] != NO_OCCASION)
            docket.moved |= elsewhere | (cut & _commuted_since(register, docket, decree))
        docket.granted = still & ~docket.moved if cuts else still
        for i, clause in enumerate(decree.clauses.values()):
            kept = np.flatnonzero(cut & docket.granted & (docket.clause == i)) if cuts else NOBODY
            if len(kept):
                due = due_under(register, rows[kept], clause.then, docket.cut_days[kept])
                # A cut that leaves nothing is a release by the decree, on its day, unless the term
                # as it was ends sooner.
                spent = used_up(register, rows[kept], due, occasion)
                docket.freeing[kept[spent]] = True
                self._select(register, rows[kept[spent]], number)
                kept = kept[~spent]
                apply(register, rows[kept], clause.then, docket.cut_days[kept], occasion)
            if clause.then.revived_if is not None:
                self._suspend(docket, clause.then.revived_if, i, kept, occasion)
        free = docket.granted & docket.freeing
        if decree.gives & MORE:
            self._do_more(register, docket, decree, free)
        out, on_day = rows, docket.released_on
        if not everybody(free):
            out, on_day = rows[free], on_day[free]
        deal_releases(self.draws, register, out, on_day, decree, occasion, self.origins)
        self.escorts.join(register, out, occasion)
        if on is None:
            self.newcomers.begin(register, decree, occasion)

    def _bind(self, register: Register, docket: Docket, number: int) -> None:
        """Put those selected for release, who take it up, outside other decrees until out."""
        bound = docket.accepted & docket.freeing
        self._select(register, docket.of_whom(bound), number)

    def _select(self, register: Register, rows: Rows, number: int) -> None:
        """Select people for release by an occasion."""
        register.select(rows, number)
        self.headcount.bind(rows)

    def _do_more(self, register: Register, docket: Docket, decree: Decree, free: Mask) -> None:
        """Note whose release leads elsewhere than to liberty, or does more, of those `free`."""
        effects = [clause.then for clause in decree.clauses.values()]

        def under(wanted: list[bool], some: Mask) -> Rows:
            """Rows of those under the clauses of some effects."""
            return np.asarray(docket.rows[some & np.array(wanted)[docket.clause]])

        if any(homes := [effect.serve_the_rest is not None for effect in effects]):
            register.send_home(under(homes, free))
        if any(ends := [effect.end_the_case for effect in effects]):
            register.end_cases(under(ends, free))
        if any(strikes := [effect.expunge for effect in effects]):
            # What is left of a sentence for several offences stays on the record.
            struck = under(strikes, free & (docket.cut_days == 0))
            register.to_strike = np.union1d(register.to_strike, struck)
        if any(expels := [effect.abroad for effect in effects]):
            register.to_expel = np.union1d(register.to_expel, under(expels, free))

    def _suspend(
        self, docket: Docket, rule: Revival, number: int, kept: Rows, occasion: Occasion
    ) -> None:
        """Note what a clause remits on condition: cuts by their days, releases once they happen."""
        kept = kept[docket.cut_days[kept] > 0]
        self.suspended.give(occasion, rule, docket.rows[kept], docket.cut_days[kept])
        free = docket.rows[docket.granted & docket.freeing & (docket.clause == number)]
        self.suspended.give(occasion, rule, free, np.full(len(free), OPEN, dtype=np.int64))

    def arrive(self, register: Register, new: Rows, before: Rows | None = None) -> None:
        """Hold spells just added to what is suspended over a person, and to rules for newcomers.

        Those who were held when lists closed, and of whom it was not known yet, count as held.
        """
        if len(new):
            self._count_late(register, new)
        if before is not None:
            self.suspended.arrive(register, before, new)
        self.newcomers.arrive(register, new)

    def _count_late(self, register: Register, new: Rows) -> None:
        """Count those among spells just added who were held on days on which lists closed."""
        for watch in self.watches.values():
            watch.count_late(register, new)
        if not self.closed:
            return
        admitted, ends = register.admitted[new], register.until(new)
        first = int(admitted.min())
        for docket in reversed(self.closed):
            occasion = docket.occasion
            day = occasion.close_day
            if day < first:
                break
            late = new[(admitted <= day) & (ends > day)]
            kinds = self.reading.groups.kinds(register, late, day)
            docket.held += self.reading.groups.count(kinds)
            bench = self.reading.bench(register, late, occasion)
            for i, exclusion in enumerate(self.decrees[occasion.decree].exclude.values()):
                docket.named[i] += self.reading.groups.count(kinds[bench.meets(exclusion.when)])


def _commuted_since(register: Register, docket: Docket, decree: Decree) -> Mask:
    """Say whose sentence another decree has commuted since one that would do so was read."""
    found = np.zeros(len(docket.rows), dtype=np.bool_)
    for i, clause in enumerate(decree.clauses.values()):
        if clause.then.commute is not None:
            own = docket.clause == i
            found[own] = ~commuted(register, docket.rows[own], clause.then.commute)
    return found
