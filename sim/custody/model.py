"""The model: SimPy owns the clock, the register owns people.

Long-lived processes wake on their days: leavings and admissions, merit, decrees, releases by
decree, census. The day clock wakes every process on every day; the production clock is the same
processes with longer timeouts, which sleep until something must be decided or observed and then
bring the register up to date in one sweep. Both leave the same record, byte by byte.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.columns import DTYPES, Columns
from sim.custody.decrees.court import Court
from sim.custody.decrees.docket import Docket
from sim.custody.ends import RELEASE, STAGES, before_acts
from sim.custody.people import people_at_hand
from sim.custody.points import Points
from sim.custody.prisons import Prisons
from sim.custody.record import Record, heads_by_camp, record
from sim.custody.register import Register
from sim.custody.release import Gate
from sim.custody.seasoning import opening
from sim.custody.sentencing import LIFE
from sim.custody.sequels import Sequels
from sim.custody.snapshot import held_of_file
from sim.custody.spells import WINDOW, Rows
from sim.custody.start import past_releases
from sim.custody.streams import Draws, Stream
from sim.custody.tables import bound_of, happens
from sim.custody.timetable import timetable
from sim.scenario.scenario import Scenario

# The order within a day, as slots of the clock: death, expiry, admissions and returns (one sweep),
# merit, stages of decrees, turns of escorts, releases by decree, census.
SWEEP, MERIT, DECREES, ESCORTS, RELEASES, CENSUS, SLOTS = 0, 1, 2, 3, 4, 5, 6
Trace = Callable[[int, str], None]
Waiting = Generator[simpy.Event, None, None]


@dataclass(frozen=True)
class Cell:
    """What a run leaves: its record, and the finished register with the decrees' dockets."""

    record: Record
    register: Register
    dockets: dict[int, Docket]


def simulate(
    scenario: Scenario,
    prisons: Prisons,
    draws: Draws,
    *,
    people: Columns | None = None,
    clock: str | Iterable[int] = "production",
    trace: Trace | None = None,
) -> Cell:
    """Run one scenario in one replication.

    Parameters
    ----------
    prisons
        The scenario's world, solved and tabulated.
    people
        The people of this replication in this world, if they are drawn already. What is found of
        them in one scenario is kept with the draws for the others.
    clock
        ``production``; ``day`` to wake every process on every day and count heads; or days on
        which to bring the register up to date as well.
    trace
        Called with the day and the event for every event of a process.
    """
    points, sequels = Points(scenario.world), None
    varying = prisons.steady.varying
    if people is None:  # people drawn here are nobody else's: they may be written to
        drawn_here = prisons.past is None and prisons.scenario.prisoners is None
        drawn = everybody(prisons, draws)
        register = Register(drawn, points, shared=not drawn_here, varying=varying)
    else:
        notes, lent, to_come = draws.shelf.notes_of(people["person"]), None, 0
        if len(people["person"]) <= WINDOW:  # of millions no lives are kept
            lives = draws.shelf.lives
            sequels = Sequels(lives, tuple(people.keys() & DTYPES.keys()))
            people, to_come = lives.everybody(people), sequels.to_come
            lent = lives.lend()
        register = Register(
            people, points, notes=notes, varying=varying, to_come=to_come, lent=lent
        )
    model = _Model(scenario, prisons, draws, register, clock, trace, sequels=sequels)
    model.run()
    return model.cell()


def everybody(prisons: Prisons, draws: Draws) -> Columns:
    """Draw everybody whom no decree of the scenario decides on, wherever the stock comes from."""
    past = prisons.past
    if past is not None:
        assert past.scenario.ends_on is not None
        people, ends = people_at_hand(past, draws), past.scenario.ends_on
        register = Register(people, Points(past.scenario.world), varying=past.steady.varying)
        model = _Model(past.scenario, past, draws, register, "production", None, ends)
        model.run()
        return people_at_hand(prisons, draws, [opening(model.register, ends)])
    if prisons.scenario.prisoners is not None:
        parts = [held_of_file(prisons, draws), past_releases(prisons, draws)[1]]
        return people_at_hand(prisons, draws, parts)
    return people_at_hand(prisons, draws)


class _Model:
    def __init__(
        self,
        scenario: Scenario,
        prisons: Prisons,
        draws: Draws,
        register: Register,
        clock: str | Iterable[int],
        trace: Trace | None,
        ends_on: int | None = None,
        sequels: Sequels | None = None,
    ) -> None:
        self.scenario, self.prisons, self.draws = scenario, prisons, draws
        self.register = register
        self.days = prisons.days if ends_on is None else ends_on
        plan = timetable(scenario, prisons, draws, self.days)
        self.occasions, self.agenda, self.merit_days = plan.occasions, plan.agenda, plan.merit_days
        self.court = Court(prisons, draws, scenario.decrees, plan.occasions, plan.recurring)
        self.gate = Gate(
            prisons, draws, scenario.decrees, plan.occasions, self.court.arrive, plan.patience,
            sequels,
        )  # fmt: skip
        self.passes = trace is None and clock != "day" and not plan.looks_at_newcomers
        """Whether spells whose course is known may pass without being met day by day."""
        self.trace = trace
        self.by_day = clock == "day"
        extra: Iterable[int] = range(self.days) if self.by_day else ()
        if not isinstance(clock, str):
            extra = clock
        acting = {day for day, _, _ in self.agenda} | set(self.merit_days) | {self.days - 1}
        observed = {day for day in extra if 0 <= day < self.days}
        self.stops = sorted({day for day in acting if 0 <= day < self.days} | observed)
        self.evenings = sorted({self.days - 1} | observed)
        self.unasked = plan.unasked.difference(self.evenings) if trace is None else frozenset()
        """Days on which spells that have ended may stay open."""
        camps = len(prisons.scenario.world.camps)
        self.heads = np.zeros((self.days if self.by_day else 0, camps), dtype=np.int64)
        self.env = simpy.Environment()

    def run(self) -> None:
        for process in (self._sweeps, self._merit, self._decrees, self._releases, self._census):
            self.env.process(process())
        if self.court.escorts.first_days:
            self.env.process(self._escorts())
        self.env.run()

    def cell(self) -> Cell:
        self.register.finish()
        if self.gate.sequels is not None:
            self.gate.sequels.leave(self.register)
        self.court.settle(self.register)
        counted = record(
            self.prisons,
            self.register,
            self.court.dockets,
            self.scenario.decrees,
            stock_by_camp=self.heads if self.by_day else None,
            draws=self.draws,
            suspended=self.court.suspended,
        )
        return Cell(counted, self.register, self.court.dockets)

    def _until(self, day: int, slot: int) -> simpy.Event:
        return self.env.timeout(day * SLOTS + slot - self.env.now)

    def _note(self, day: int, event: str) -> None:
        if self.trace is not None:
            self.trace(day, event)

    def _sweeps(self) -> Waiting:
        """Deaths, expiries, admissions and returns, up to the decrees of each stop.

        Of stops on which nobody asks who has left, several together, if nobody can come back first.
        """
        acting = [day for day, _, _ in self.agenda]
        if self.passes:
            self.gate.pass_by(self.register, *(acting[:1] + acting[-1:]))
        for day in self.stops:
            if day in self.unasked and self.gate.can_wait(self.register, day):
                continue
            yield self._until(day, SWEEP)
            if self.passes and acting and day > acting[-1]:
                self.gate.pass_by(self.register)
                acting = []
            before = self.register.certain
            ended = self.gate.advance(self.register, before_acts(day), wait=self.trace is None)
            known = self.register.certain - before
            self._note(day, f"up to date; {ended} spells ended, {known} to come back")

    def _merit(self) -> Waiting:
        """Give the yearly cut for merit."""
        for day in self.merit_days:
            yield self._until(day, MERIT)
            rows = self._give_merit(day)
            self._note(day, f"merit: {len(rows)} terms cut")

    def _decrees(self) -> Waiting:
        """Stages of decrees, in the order of their dates, orders and names."""
        for day, number, stage in self.agenda:
            if day * SLOTS + DECREES > self.env.now:
                yield self._until(day, DECREES)
            if stage == "queue":
                self.court.queue(self.register, number, day)
                continue
            if stage == "check":
                self.court.check(self.register, number, day)
            elif stage == "lists":
                self.court.close_lists(self.register, number)
            else:
                self.court.grant(self.register, number)
            if self.trace is not None:
                docket, word = self.court.dockets[number], {"check": "checked"}.get(stage, stage)
                persons = (docket.selected if stage == "lists" else docket.granted).sum()
                self._note(day, f"{self.occasions[number].decree}: {word}, {persons} persons")

    def _escorts(self) -> Waiting:
        """Let those wait for whom no escort is left, on every day on which somebody may go.

        New ones join on days of grants alone; until the queues are empty it wakes daily.
        """
        escorts = self.court.escorts
        grants = [day for day, number, stage in self.agenda
                  if stage in ("grant", "check")
                  and self.occasions[number].decree in escorts.first_days]  # fmt: skip
        day = -1
        while True:
            soon = escorts.next_day(self.register)
            day = min((one for one in (*grants, soon) if one > day), default=self.days)
            if day >= self.days:
                return
            yield self._until(day, ESCORTS)
            self.gate.advance(self.register, before_acts(day), wait=self.trace is None)
            escorts.turn(self.register, day)
            self._note(day, "escorts: who has no turn waits")

    def _releases(self) -> Waiting:
        """Releases by decree, after the decrees of the day; else with the next sweep."""
        for day in self.evenings:
            yield self._until(day, RELEASES)
            ended = self.gate.advance(self.register, day * STAGES + RELEASE + 1)
            if ended:
                self._note(day, f"{ended} released by decree")

    def _census(self) -> Waiting:
        """Count heads at the end of the day; the production clock adds up flows instead."""
        for day in range(len(self.heads)):
            yield self._until(day, CENSUS)
            self.heads[day] = heads_by_camp(self.register, day, self.heads.shape[1])
            self._note(day, f"{self.heads[day].sum()} held")

    def _give_merit(self, day: int) -> Rows:
        rule, register = self.prisons.steady.stays.merit, self.register
        rows = self._merit_given(day)
        cut = np.minimum(np.maximum(register.ends(rows) - day - 1, 0), rule.cut_days)
        register.own("merit_days", "merit_count")
        register.due[rows] = np.maximum(register.due_after_cut(rows, cut), day + 1)
        register.merit_days[rows] += cut.astype(np.int32)
        register.merit_count[rows] += 1
        register.rekey(rows, rule.cut_days)
        return rows

    def _merit_given(self, day: int) -> Rows:
        """Rows of those held whose terms are cut for merit on a day."""
        sequels, register = self.gate.sequels, self.register
        year, latest = _year(self.prisons, day), day - self.prisons.steady.stays.merit.after_days
        if sequels is None:
            return self._merit_drawn(day, year, latest)
        if not sequels.knows_merit(year):
            rows = self._merit_drawn(day, year, latest)
            sequels.learn_merit(register, year, latest, rows)
            return rows
        return sequels.merit(register, year, latest, partial(self._merit_words, year=year))

    def _merit_drawn(self, day: int, year: int, latest: int) -> Rows:
        """Draw them by the lots of a year, of those admitted by a day."""
        rule, register = self.prisons.steady.stays.merit, self.register
        if kernel.compiled is not None:
            columns = (register.admitted, register.imposed, register.person, register.spell,
                       register.line)  # fmt: skip
            return kernel.compiled.held_and_drawn(
                register.left, columns, latest, LIFE, self.draws.key_words(Stream.MERIT), year,
                bound_of(rule.probability),
            )  # fmt: skip
        rows = register.held(day)
        rows = rows[(register.admitted[rows] <= latest) & ~register.endless(rows)]
        given = partial(self._merit_words, year=year)
        return rows[register.lasting(f"merit of {year}", rows, given).astype(np.bool_)]

    def _merit_words(self, rows: Rows, *, year: int) -> NDArray[np.bool_]:
        """Say whom the lot of a year gives merit, if he is held."""
        register = self.register
        words = self.draws.at(
            Stream.MERIT, register.person[rows], spell=register.spell[rows].astype(np.int64),
            line=register.line[rows], occurrence=year,
        )  # fmt: skip
        return happens(words, self.prisons.steady.stays.merit.probability)


def _year(prisons: Prisons, day: int) -> int:
    return (prisons.scenario.world.start + timedelta(days=day)).year
