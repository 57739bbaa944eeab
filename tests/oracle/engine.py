"""The oracle: one SimPy process per person, scalars and plain ifs, slow and plain.

From the package it takes the loaded scenario, its occasions, the drawn people and words, and the
hazards per day as integers, which it adds up day by day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import simpy

from sim.custody.columns import NEVER_HELD, Columns
from sim.custody.exponentials import exponential
from sim.custody.hazards import NEVER, per_day
from sim.custody.model import everybody
from sim.custody.outside import factor_kind
from sim.custody.persons import first_spell, next_spell
from sim.custody.prisons import Prisons
from sim.custody.streams import Draws, Stream, decree_salt, drive_line
from sim.custody.tables import CutTable, happens
from sim.custody.traits import delays, labelled, petty, sex_of
from sim.scenario.flags import Flag
from sim.scenario.law.predicate import Predicate
from sim.scenario.lengths import FOR_LIFE, OF_DEATH
from sim.scenario.occasions import Occasion, occasions
from sim.scenario.prisoners import OPEN
from sim.scenario.scenario import Scenario
from tests.oracle.chances import asked, chance_for, places, rooms
from tests.oracle.dates import days_late, goes_on, grants_by_chance
from tests.oracle.escorts import Waiting
from tests.oracle.judgment import OF_ITSELF, begins, known_from, leaves_on, status_on
from tests.oracle.law import (
    Facts,
    Offer,
    Spell,
    Standing,
    day_of_year,
    facts,
    holds,
    leaves_nothing,
    names_him,
    rank_key,
    standing,
)
from tests.oracle.parts import parts_drawn
from tests.oracle.points import due_under, moved, point_of, served
from tests.oracle.reach import never_began, reaches, sittings
from tests.oracle.reading import flag_value
from tests.oracle.standing import days_checked, on_check
from tests.oracle.suspended import comes_back, given, settled
from tests.oracle.work import Desk

DEATH, EXPIRY, ADMISSION, MERIT, DECREES, ESCORTS, RELEASES, CENSUS = range(8)
PHASES = 8
Process = Iterator[simpy.Event]


@dataclass
class File:
    """A person on a decree's list: the clause under which he is booked, and how far he came."""

    spell: Spell
    clause: str
    cut: int | None
    lot: int
    key: tuple[object, ...]
    frees: bool = False
    takes_up: bool = True
    goes: int = 0
    """The day of release, without latency or spreading."""
    granted: bool = False
    outcome: str | None = None


@dataclass
class Docket:
    """One occasion of a decree: who reached which stage, booked under which clause; its files."""

    occasion: Occasion
    stages: list[tuple[str, str | None, Spell]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    """For each of them, in which state of health he was when he was read."""
    read: dict[tuple[int, int, int], str] = field(default_factory=dict)
    """States of health of those read so far."""
    selected: list[File] = field(default_factory=list)
    without_place: list[File] = field(default_factory=list)
    """Approved and in want of a place, by rank."""
    desk: Desk = field(default_factory=Desk)
    passed_on: int = 0
    met: set[tuple[int, int, int]] = field(default_factory=set)
    """Whom a standing decree has looked at."""
    settled: set[tuple[int, int, int]] = field(default_factory=set)
    barred: dict[tuple[int, int, int], tuple[Spell, Standing, str]] = field(default_factory=dict)

    def count(self, stage: str, clause: str | None, s: Spell) -> None:
        self.stages.append((stage, clause, s))
        self.states.append(self.read[s.name])


class Oracle:
    """A scenario in one replication."""

    def __init__(self, scenario: Scenario, prisons: Prisons, draws: Draws) -> None:
        self.scenario, self.world = scenario, scenario.world
        self.prisons, self.draws = prisons, draws
        self.horizon = self.world.days
        self.env = simpy.Environment()
        self.spells: list[Spell] = []
        self.inside: dict[tuple[int, int, int], Spell] = {}
        self.processes: dict[tuple[int, int], simpy.Process] = {}
        self.rules_to_come: list[tuple[Occasion, list[str]]] = []
        drawn = grants_by_chance(scenario, draws)
        acts = (*occasions(scenario, drawn), *sittings(scenario, drawn))
        self.dockets = [Docket(o) for o in acts]
        self.waiting: dict[str, Waiting] = {}
        for name, decree in scenario.decrees.items():
            grants = [o.grant_day for o in acts if o.decree == name]
            if not isinstance(decree.release.escort, bool) and grants:
                self.waiting[name] = Waiting(min(grants))
        self.room = dict(zip(prisons.scenario.world.camps, rooms(self.world), strict=False))
        self._names()
        self._hazards()
        self._merit_days()

    def _names(self) -> None:
        world = self.world
        self.offences, self.camps = list(world.offences), list(world.camps)
        self.states, self.places = list(world.health.states), list(world.origins)
        self.destination: CutTable | None = None
        if world.exile is not None:
            for place in world.exile.destinations:
                if place not in self.places:
                    self.places.append(place)
            codes = [self.places.index(place) for place in world.exile.destinations]
            shares = [share.value for share in world.exile.destinations.values()]
            self.destination = CutTable([(codes, shares)])

    def _hazards(self) -> None:
        steady = self.prisons.steady
        self.free_edges = [int(edge) for edge in steady.liberty.edges]
        self.free_rates = [[int(rate) for rate in row] for row in steady.liberty.rates]
        self.aged_from = [int(edge) for edge in steady.by_age.edges] if steady.by_age else []
        self.aged_rates = steady.by_age.rates.tolist() if steady.by_age else []
        self.ways = {way.out_of: way.to for way in self.world.health.in_custody.values()}
        self.worn = steady.course.hazards.tolist() if steady.course else []
        self.leaving = steady.course.leaving.tolist() if steady.course else []
        self.back_edges: list[int] = []
        if steady.returning is not None:
            self.back_edges = [int(edge) for edge in steady.returning.edges]
            self.back_rates = [[int(rate) for rate in row] for row in steady.returning.rates]

    def _merit_days(self) -> None:
        self.merit_days: list[tuple[int, int]] = []
        merit = self.world.merit
        if merit is not None:
            for year in range(self.world.start.year, self.world.end.year + 1):
                day = (day_of_year(year, *merit.each) - self.world.start).days
                if 0 <= day < self.horizon:
                    self.merit_days.append((day, year))

    def run(self) -> Oracle:
        for spell in self._spells(everybody(self.prisons, self.draws)):
            self._begin(spell)
        self.env.process(self._court())
        if self.waiting:
            self.env.process(self._escorts())
        self.env.run(until=self.horizon * PHASES)
        self._settle()
        self.spells.sort(key=lambda s: s.name)
        return self

    # --- Draws.

    def _word(
        self, stream: Stream, s: Spell, decree: str | None = None, occurrence: int = 0
    ) -> Any:
        return self.draws.at(
            stream,
            np.array([s.person], dtype=np.int64),
            spell=np.array([s.spell], dtype=np.int64),
            line=np.array([s.line], dtype=np.uint64),
            occurrence=occurrence,
            salt=0 if decree is None else decree_salt(decree),
        )

    def _happens(self, stream: Stream, s: Spell, occasion: Occasion, chance: float) -> bool:
        word = self._word(stream, s, occasion.decree, occasion.number)
        return bool(happens(word, chance)[0])

    def _happens_for_good(
        self, stream: Stream, s: Spell, occasion: Occasion, chance: float
    ) -> bool:
        """One answer for a person and decree, whatever the spell and the occasion."""
        who = np.array([s.person], dtype=np.int64)
        line = np.array([s.line], dtype=np.uint64)
        salt = decree_salt(occasion.decree)
        word = self.draws.at(stream, who, spell=0, line=line, occurrence=0, salt=salt)
        return bool(happens(word, chance)[0])

    def _spells(self, columns: Columns) -> list[Spell]:
        c: dict[str, Any] = dict(columns)
        who = (c["person"], c["spell"], c["line"])
        extra = {
            "petty": petty(self.prisons, self.draws, *who, c["offence"]),
            "woman": sex_of(self.prisons, self.draws, c["person"], c["line"]),
            "labelled": labelled(self.prisons, self.draws, *who),
            "delay": np.full(len(c["person"]), delays(self.prisons, self.draws, *who)),
        }
        beside = ("offence_day", "earlier_count", "earlier_days")
        unsaid = {name: np.full(len(c["person"]), -NEVER) for name in beside if name not in c}
        rows = {name: column.tolist() for name, column in (c | extra | unsaid).items()}
        return [
            self._spell({name: column[i] for name, column in rows.items()})
            for i in range(len(c["person"]))
        ]

    def _spell(self, row: Mapping[str, Any]) -> Spell:
        life = row["imposed"] >= NEVER
        executed = row["imposed"] == OF_DEATH and "judged" not in row
        spell = Spell(
            person=row["person"], line=row["line"], spell=row["spell"],
            admitted=row["admitted"], base=row["base"],
            due=None if row["due"] >= NEVER or executed else row["due"],
            condemned=row["imposed"] == OF_DEATH,
            imposed=None if life else row["imposed"],
            term=None if life else row["imposed"] - row["merit_days"],
            point=point_of(
                self.world, self.offences[row["offence"]], None if life else row["imposed"]
            ),
            offence=self.offences[row["offence"]], petty=row["petty"],
            health=self.states[row["health"]], camp=self.camps[row["camp"]],
            origin=self.places[row["origin"]], residence=self.places[row["residence"]],
            exiled=row["exiled"], woman=row["woman"], born=row["born"],
            tolerance=row["tolerance"], rate=row["rate"], merits=row["merit_count"],
            labelled=row["labelled"],
            delay=row["delay"] if abs(row["offence_day"]) >= NEVER
            else row["admitted"] - row["offence_day"],
            earlier=None if row["earlier_count"] < 0
            else (row["earlier_count"], row["earlier_days"]),
            free_since=row["free_since"] if row["free_since"] > NEVER_HELD else None,
            judged=row.get("judged"),
            final=row["final"] if row.get("final", NEVER) < NEVER else None,
        )  # fmt: skip
        if executed:
            spell.executed_on = self._executed_on(spell, row["due"])
        if spell.judged is not None and spell.base >= 0:
            self._leaves_as_said(spell)
        spell.parts = parts_drawn(
            self.world, spell.offence, spell.imposed,
            lambda stream, name: self._word(stream, spell, name),
        )  # fmt: skip
        for name, flag in self.world.flags.items():
            self._draw_flag(spell, name, flag)
        self._fall_ill(spell)
        return spell

    def _fall_ill(self, s: Spell) -> None:
        """From state to state, each for as long as his tolerance of it lasts, while in custody."""
        state, day = s.health, s.admitted
        streams = (Stream.FIRST_CHANGE, Stream.SECOND_CHANGE, Stream.THIRD_CHANGE)
        for stream in streams:
            if state not in self.ways:
                return
            used, lasts = 0, int(exponential(self._word(stream, s))[0])
            while used < lasts and day <= self.horizon:
                used += self.leaving[self.states.index(state)]
                day += 1
            if used < lasts:
                return
            state = self.ways[state]
            s.changes.append((day, state))

    def _leaves_as_said(self, s: Spell) -> None:
        """Held since his arrest: until the judgment at least, and if acquitted no longer."""
        whole = NEVER if s.term is None else s.admitted + served(s.point, s.term)
        due = leaves_on(s, whole)
        assert s.judged is not None
        assert s.judged > s.admitted
        assert s.due == (None if due >= NEVER else due)

    def _draw_flag(self, s: Spell, name: str, flag: Flag) -> None:
        """What else he has: once for a person, or anew with each spell; as a file says it."""
        file = self.scenario.prisoners
        if file is not None and s.person < file.count and s.line == 0:
            stated = int(file.known(f"flag {name}")[s.person])
            if stated != OPEN and (s.spell == 0 or flag.drawn == "once"):
                s.flags[name] = stated
                return
        word = self.draws.at(
            Stream.FLAG,
            np.array([s.person], dtype=np.int64),
            spell=s.spell if flag.drawn == "each spell" else 0,
            line=np.array([s.line], dtype=np.uint64),
            salt=decree_salt(name),
        )
        table = self.prisons.flags[name]

        def value(row: int) -> int:
            return int(table.values(np.array([row]), word)[0])

        def named(when: Predicate) -> bool:
            return holds(when, facts(self.world, s, s.admitted, s.admitted))

        s.flags[name] = flag_value(flag, s.admitted, value, named)

    # --- A person.

    def _begin(self, spell: Spell) -> None:
        self.processes[spell.person, spell.line] = self.env.process(self._life(spell))

    def _life(self, spell: Spell) -> Process:
        """In and out of prison, from a first admission (or the start) to death or the horizon."""
        current: Spell | None = spell
        while current is not None:
            if current.base >= 0:
                yield self._until(current.admitted, ADMISSION)
                for rule in self.rules_to_come:
                    self._welcome(current, rule)
            self.spells.append(current)
            self.inside[current.name] = current
            yield from self._custody(current)
            del self.inside[current.name]
            if current.cause in ("death", "execution") or current.gone:
                return
            current = yield from self._liberty(current)

    def _until(self, day: int, phase: int) -> simpy.Event:
        """Sleep until a moment; for ever if it lies beyond the horizon."""
        if day >= self.horizon:
            return self.env.event()
        return self.env.timeout(day * PHASES + phase - self.env.now)

    def _custody(self, s: Spell) -> Process:
        """Held until death, the due day, or a release; what changes the due day interrupts."""
        dies = s.dies = self._dies_inside(s)
        while s.held:
            moments = [(dies, DEATH), (self._next_merit(s), MERIT)]
            if s.ends_on is not None:
                moments.append((s.ends_on, EXPIRY))
            if s.release_day is not None:
                moments.append((s.release_day, RELEASES))
            day, phase = min(moments)
            try:
                yield self._until(day, phase)
            except simpy.Interrupt:
                continue
            if phase == DEATH:
                s.left, s.cause = day, "death"
            elif phase == EXPIRY:
                s.left, s.cause = day, "acquittal" if s.acquitted else "expiry"
                if s.condemned and not s.acquitted:
                    s.cause = "execution"
            elif phase == MERIT:
                self._merit(s, day)
            else:
                self._release(s, day)

    def _dies_inside(self, s: Spell) -> int:
        """Day of death if held as long as can be; the horizon if he outlives that."""
        last = self.horizon
        if s.imposed is not None:  # a release point may move, but never beyond the sentence
            last = min(leaves_on(s, s.admitted + s.imposed + s.revived), self.horizon)
        used, tolerance = 0, s.tolerance
        for evening, rate in self._evenings(s, s.base, last):
            used += rate
            if used >= tolerance:
                return evening + 1
        return self.horizon

    def _executed_on(self, s: Spell, due: int) -> int | None:
        """Day of execution of one under sentence of death: the danger is the same on all days."""
        executions, stock = self.world.executions, self.world.stock
        assert executions is not None
        if stock is not None and stock.seasoned is not None and s.base < 0:
            return due if due < self.horizon else None  # in danger since before these days
        tolerance = int(exponential(self._word(Stream.EXECUTION, s))[0])
        used = 0
        for day in range(s.base + 1, self.horizon):
            used += per_day(executions.per_year.value)
            if used >= tolerance:
                return day
        return None

    def _evenings(self, s: Spell, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Evenings inside, from one to before another, each with the hazard of the day after."""
        changes = {day for day, _ in s.changes} | {s.born + edge for edge in self.aged_from}
        rate = 0
        for evening in range(first, end):
            if evening == first or evening in changes:
                rate = self._rate_inside(s, evening)
            yield evening, rate

    def _rate_inside(self, s: Spell, evening: int) -> int:
        """Hazard of the day after an evening: by health or age then, where the world says so."""
        if not self.aged_from and not self.ways:
            return s.rate
        health = s.health_on(evening)
        state, origin = self.states.index(health), list(self.world.origins).index(s.origin)
        if self.ways:
            return int(self.worn[state][origin])
        kind = int(self.prisons.steady.hazard_class[state, origin])
        return _of_step(self.aged_from, self.aged_rates[kind], evening - s.born)

    def _next_merit(self, s: Spell) -> int:
        for day, _ in self.merit_days:
            if day * PHASES + MERIT > self.env.now:
                return day
        return self.horizon

    def _merit(self, s: Spell, day: int) -> None:
        merit = self.world.merit
        assert merit is not None
        if s.term is None or day - s.admitted < merit.after.value or merit.cut.value == 0:
            return
        year = dict(self.merit_days)[day]
        if happens(self._word(Stream.MERIT, s, occurrence=year), merit.probability.value)[0]:
            assert s.term is not None
            left = max(s.admitted + s.term - s.credited - day - 1, 0)  # none before judgment
            s.term -= min(merit.cut.value, left)
            due = leaves_on(s, s.admitted + served(s.point, s.term) - s.credited)
            s.due = max(due, day + 1)
            s.merits += 1
            s.merit_day = day

    def _release(self, s: Spell, day: int) -> None:
        """Out by a decree: exile, and an arrest that may follow."""
        occasion = s.waits_for
        assert occasion is not None
        s.left, s.cause = day, occasion.decree
        if never_began(s, occasion):
            return
        decree = self.scenario.decrees[occasion.decree]
        exile = decree.release.exile
        if exile is not None and s.origin == exile.origin and not s.exiled:
            assert self.world.exile is not None
            assert self.destination is not None
            if self._happens(Stream.EXILE, s, occasion, self.world.exile.compliance.value):
                word = self._word(Stream.DESTINATION, s, occasion.decree, occasion.number)
                s.residence = self.places[int(self.destination.pick(0, word)[0])]
                s.exiled = True
                s.exiled_on = day
                self._file_of(s).outcome = "exiled"
        if decree.drive is not None and s.line == 0:
            chance = decree.drive.per_release.value
            if self._happens(Stream.DRIVE_ARREST, s, occasion, chance):
                word = self._word(Stream.DRIVE_DAY, s, occasion.decree, occasion.number)
                wait = 1 + ((int(word[0]) >> 32) * decree.drive.within >> 32)
                self._arrest(s, occasion, day + wait)

    def _arrest(self, freed: Spell, occasion: Occasion, day: int) -> None:
        if day >= self.horizon:
            return
        person = np.array([freed.person], dtype=np.int64)
        line = drive_line(
            decree_salt(occasion.decree),
            np.array([freed.line], dtype=np.uint64),
            np.array([freed.spell], dtype=np.int64),
        )

        def words(stream: Stream) -> Any:
            return self.draws.at(stream, person, spell=0, line=line)

        admitted = np.array([day], dtype=np.int64)
        arrested = self._spells(first_spell(self.prisons, words, person, line, admitted))[0]
        self._begin(arrested)

    def _liberty(self, s: Spell) -> Iterator[Any]:
        """At liberty from the day of leaving; returns the next spell, or None."""
        assert s.left is not None
        tolerance = s.tolerance - sum(rate for _, rate in self._evenings(s, s.base, s.left))
        died, back, used = self._days_free(s, tolerance)
        if died is not None:
            yield self._until(died, DEATH)
            s.died_free = died
            return None
        if back is None:
            return None
        kept: Columns = {
            "tolerance": np.array([tolerance - used], dtype=np.int64),
            "born": np.array([s.born], dtype=np.int64),
            "origin": np.array([self.places.index(s.origin)], dtype=np.int64),
            "residence": np.array([self.places.index(s.residence)], dtype=np.int64),
            "exiled": np.array([s.exiled]),
            "free_since": np.array([s.left]),
        }
        columns = next_spell(
            self.prisons, self.draws, np.array([s.person]), np.array([s.spell + 1]),
            np.array([s.line], dtype=np.uint64), np.array([back]), kept,
        )  # fmt: skip
        following = self._spells(columns)[0]
        if s.cause not in OF_ITSELF:
            following.freed_by = s.cause
        following.before = s
        if self._is_spared(following):
            died, _, _ = self._days_free(s, tolerance, returns=False)
            if died is not None:
                yield self._until(died, DEATH)
                s.died_free = died
            return None
        yield self._until(back, DEATH)
        self._bring_back(s, following)
        return following

    def _bring_back(self, s: Spell, new: Spell) -> None:
        """What hangs over a person who returns: served after the new term, or left hanging."""
        f = facts(self.world, new, known_from(new), known_from(new))
        for one in (*s.hanging, *(settled(one, s) for one in s.remissions)):
            if not one.days:
                continue
            if comes_back(one, new, one.rule.when is None or holds(one.rule.when, f)):
                new.revived += one.days
            else:
                new.hanging.append(one)
        if s.home and s.cause not in OF_ITSELF and (
            new.term is not None and not new.acquitted
        ):  # fmt: skip
            assert s.due is not None
            if new.admitted < s.due:
                new.rest = s.due - new.admitted
                new.revived += new.rest
        if new.revived:
            assert new.term is not None
            new.term += new.revived
            new.due = leaves_on(new, new.admitted + served(new.point, new.term))

    def _is_spared(self, s: Spell) -> bool:
        """Whether fewer than usual are admitted for his offence on his day, and he is not."""
        today = self.world.start + timedelta(days=s.admitted)
        for name, crackdown in self.world.crackdowns.items():
            if s.offence in crackdown.offences and crackdown.first <= today <= crackdown.last:
                word = self._word(Stream.CRACKDOWN_SPARED, s, f"crackdown {name}")
                if crackdown.times.value < 1 and not happens(word, crackdown.times.value)[0]:
                    return True
        return False

    def _days_free(
        self, s: Spell, tolerance: int, *, returns: bool = True
    ) -> tuple[int | None, int | None, int]:
        """Day of death at liberty, day of return, hazard of death used until then."""
        assert s.left is not None
        state = self.states.index(s.health_on(s.left))
        rates, kind = self.free_rates[state], self._kind(s)
        resistance = int(exponential(self._word(Stream.RETURN, s))[0]) if self.back_edges else 0
        used = offended = 0
        for first, last, dying, offending in self._stretches(s, kind, rates):
            for day in range(first, last):
                used += dying
                if used >= tolerance:
                    return day, None, used
                offended += offending
                if returns and offended >= resistance and self.back_edges:
                    return None, day, used
        return None, None, used

    def _stretches(
        self, s: Spell, kind: int, rates: list[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Days free in stretches of equal hazards of death and of return.

        The hazard of a day is that of the age and of the time free at the end of the day before.
        """
        assert s.left is not None
        first = s.left + 1
        changes = {s.born + edge + 1 for edge in self.free_edges}
        changes |= {s.left + edge + 1 for edge in self.back_edges}
        for last in sorted({day for day in changes if first < day < self.horizon}):
            yield first, last, *self._hazards_on(s, first, kind, rates)
            first = last
        yield first, self.horizon, *self._hazards_on(s, first, kind, rates)

    def _hazards_on(self, s: Spell, day: int, kind: int, rates: list[int]) -> tuple[int, int]:
        assert s.left is not None
        dying = _of_step(self.free_edges, rates, day - 1 - s.born)
        if not self.back_edges:
            return dying, 0
        return dying, _of_step(self.back_edges, self.back_rates[kind], day - 1 - s.left)

    def _kind(self, s: Spell) -> int:
        """Which factors act on a return: those of a release by decree, none otherwise."""
        if s.cause in OF_ITSELF or never_began(s, s.waits_for):
            return factor_kind(supervision=False, job=False, education=False)
        assert s.waits_for is not None
        after = self.scenario.decrees[s.waits_for.decree].release
        job = after.job is not None and self._happens(Stream.JOB, s, s.waits_for, after.job.value)
        education = after.education is not None and after.education.value is not None
        return factor_kind(supervision=after.supervision, job=job, education=education)

    # --- Decrees.

    def _court(self) -> Process:
        """All decrees: lists close and pardons are granted, day by day, in their order."""
        days = {d.occasion.close_day for d in self.dockets}
        days |= {d.occasion.grant_day for d in self.dockets}
        for docket in self.dockets:
            if self.scenario.decrees[docket.occasion.decree].review.files_a_day is not None:
                days.update(range(docket.occasion.ordered_day, docket.occasion.close_day + 1))
        checks = {}
        for docket in self.dockets:
            decree = self.scenario.decrees[docket.occasion.decree]
            if decree.in_force is not None:
                checks[docket.occasion.decree] = days_checked(decree, docket.occasion)
                days.update(checks[docket.occasion.decree])
        for day in sorted(days):
            yield self._until(day, DECREES)
            for docket in sorted(self.dockets, key=_turn):
                if docket.occasion.decree in checks:
                    if day in checks[docket.occasion.decree]:
                        self._check(docket, day)
                    continue
                if docket.occasion.ordered_day <= day <= docket.occasion.close_day:
                    self._work(docket, day)
                if docket.occasion.close_day == day:
                    self._close(docket)
                if docket.occasion.grant_day == day:
                    self._grant(docket, docket.selected, docket.occasion)

    def _work(self, docket: Docket, day: int) -> None:
        """Files join, on the day of the order all, later those of the newly admitted; then work."""
        occasion = docket.occasion
        decree = self.scenario.decrees[occasion.decree]
        if decree.review.files_a_day is None:
            return
        for s in self.inside.values():
            if s.waits_for is not None or (day > occasion.ordered_day and s.admitted != day):
                continue
            f = facts(self.world, s, day, occasion.threshold_day, occasion)
            stands = standing(self.world, decree, occasion, s, f, occasion.rest_day)
            if not stands.met or stands.barred:
                continue
            lot = int(self._word(Stream.FILE, s, occasion.decree, occasion.number)[0])
            key: tuple[object, ...] = (lot, *s.name)
            if decree.review.order in (None, "joining"):
                key = (day, *key)
            elif decree.review.order == "rank":
                ranks = rank_key(decree, self.world, s, f, lot)[: len(decree.rank)]
                key = (*ranks, *key)
            docket.desk.join(s.camp, key, s)
        if day > occasion.ordered_day:
            docket.desk.work(decree, day - occasion.ordered_day)

    def _check(self, docket: Docket, day: int) -> None:
        """A standing decree looks at everybody whom it has not settled yet; it grants at once."""
        decree = self.scenario.decrees[docket.occasion.decree]
        occasion = on_check(decree, docket.occasion, day)
        found = []
        for s in sorted(self.inside.values(), key=lambda s: s.name):
            if s.waits_for is not None or s.name in docket.settled:
                continue
            f = facts(self.world, s, day, occasion.threshold_day, occasion)
            stands = standing(self.world, decree, occasion, s, f, goes_on(decree, occasion, f))
            docket.read[s.name] = f.health
            if s.name not in docket.met:
                docket.met.add(s.name)
                docket.count("held", None, s)
                for name in stands.named_by:
                    docket.count(f"held and named by {name}", None, s)
            if stands.barred:
                docket.barred.setdefault(s.name, (s, stands, f.health))
            elif stands.met:
                docket.settled.add(s.name)
                docket.barred.pop(s.name, None)
                for clause in stands.met:
                    docket.count("meets this clause", clause, s)
                file = self._reviewed(docket, s, f, stands, occasion)
                if file is not None:
                    found.append(file)
        for file in found:
            self._offer(docket, file)
        docket.selected += found
        self._grant(docket, found, occasion)

    def _close(self, docket: Docket) -> None:
        occasion, listed = docket.occasion, []
        decree = self.scenario.decrees[occasion.decree]
        for s in sorted(self.inside.values(), key=lambda s: s.name):
            if s.waits_for is not None:
                continue  # selected for release by another decree: outside this one until out
            if occasion.late and (begins(s) != occasion.close_day or not reaches(occasion, s)):
                continue
            if decree.reach is not None and status_on(s, occasion.close_day) != "final":
                continue  # before a decree with a reach once the sentence is final
            docket.read[s.name] = s.health_on(occasion.close_day)
            docket.count("held", None, s)
            if not reaches(occasion, s):
                docket.count("beyond its reach", None, s)
                continue
            file = self._examine(docket, s)
            if file is not None:
                listed.append(file)
        docket.selected = self._within_cap(docket, listed)
        for file in docket.selected:
            self._offer(docket, file)

    def _offer(self, docket: Docket, file: File) -> None:
        """Selected: who takes up a release is outside other decrees until out."""
        docket.count("selected", file.clause, file.spell)
        if not file.takes_up:
            docket.count("declined", file.clause, file.spell)
        elif file.frees:
            file.spell.waits_for = docket.occasion

    def _examine(self, docket: Docket, s: Spell) -> File | None:
        """Take one person through clauses, exclusions and review."""
        occasion = docket.occasion
        decree = self.scenario.decrees[occasion.decree]
        f = facts(self.world, s, occasion.close_day, occasion.threshold_day, occasion)
        goes = goes_on(decree, occasion, f)
        stands = standing(self.world, decree, occasion, s, f, goes)
        for name in stands.named_by:
            docket.count(f"held and named by {name}", None, s)
        for clause in stands.met:
            docket.count("meets this clause", clause, s)
        if not stands.met:
            return None
        if stands.barred:
            self._keep_out(docket, s, stands)
            return None
        return self._reviewed(docket, s, f, stands, occasion)

    def _keep_out(self, docket: Docket, s: Spell, stands: Standing) -> None:
        booked = stands.offers[0].clause
        docket.count("meets a clause", booked, s)
        docket.count("barred", booked, s)
        for name in stands.barred_by:
            docket.count(f"barred by {name}", None, s)
        for name in stands.barred_only_by:
            docket.count(f"barred only by {name}", None, s)

    def _reviewed(
        self, docket: Docket, s: Spell, f: Facts, stands: Standing, occasion: Occasion
    ) -> File | None:
        """Ask the officer and the centre, and whether he takes it up."""
        decree = self.scenario.decrees[occasion.decree]
        reached = decree.review.files_a_day is None or s.name in docket.desk.done
        passed: list[tuple[Offer, bool, bool]] = []
        for offer in stands.offers:
            recommended = reached and self._agreed(Stream.RECOMMENDATION, s, f, occasion, offer)
            approved = recommended and self._agreed(Stream.APPROVAL, s, f, occasion, offer)
            passed.append((offer, recommended, approved))
        # Booked under the clause that carries him furthest, the most favourable of them.
        offer, recommended, approved = max(passed, key=lambda p: (p[2], p[1]))
        docket.count("meets a clause", offer.clause, s)
        docket.count("eligible", offer.clause, s)
        if not reached:
            docket.count("not reached", offer.clause, s)
        if s.eligible_on is None:
            s.eligible_on = occasion.close_day
        if recommended:
            docket.count("recommended", offer.clause, s)
        if not approved:
            return None
        docket.count("approved", offer.clause, s)
        lot = int(self._word(Stream.LOTTERY, s, occasion.decree, occasion.number)[0])
        key = rank_key(decree, self.world, s, f, lot)
        chance = decree.clauses[offer.clause].take_up or decree.take_up
        takes = chance is None or self._happens(Stream.TAKE_UP, s, occasion, chance_for(chance, f))
        frees = self._frees(s, offer.clause, offer.cut, occasion)
        goes = goes_on(decree, occasion, f)
        return File(s, offer.clause, offer.cut, lot, key, frees=frees, takes_up=takes, goes=goes)

    def _frees(self, s: Spell, clause: str, cut: int | None, occasion: Occasion) -> bool:
        """Whether a clause releases, or leaves nothing to serve."""
        effect = self.scenario.decrees[occasion.decree].clauses[clause].then
        if effect.end_the_case or effect.serve_the_rest is not None:
            return True
        if cut is None and effect.release:
            return True
        return leaves_nothing(s, due_under(self.world, effect, s, cut), occasion)

    def _agreed(self, stream: Stream, s: Spell, f: Facts, occasion: Occasion, offer: Offer) -> bool:
        kind = "recommended" if stream is Stream.RECOMMENDATION else "approved"
        question = asked(self.scenario.decrees[occasion.decree], offer.clause, kind)
        if question is None:
            return True
        chance, lasting = question
        if lasting:
            return self._happens_for_good(stream, s, occasion, chance_for(chance, f))
        return self._happens(stream, s, occasion, chance_for(chance, f))

    def _within_cap(self, docket: Docket, listed: list[File]) -> list[File]:
        """Select: files that take a place by rank until the places are gone, the others at once."""
        decree = self.scenario.decrees[docket.occasion.decree]
        cap = decree.cap.value
        if cap is None:
            return listed
        taken: Counter[str] = Counter()
        most = places(cap, self.camps, self.spells, docket.occasion.close_day, self.room)
        selected = []
        for file in sorted(listed, key=lambda file: file.key):
            counted = decree.counts == "both" or file.frees == (decree.counts == "releases")
            if counted:
                camp = file.spell.camp if cap.per == "camp" else "all"
                if taken[camp] >= most[camp]:
                    docket.without_place.append(file)
                    continue
                taken[camp] += 1
            selected.append(file)
        return selected

    def _grant(self, docket: Docket, files: list[File], occasion: Occasion) -> None:
        released = []
        decree = self.scenario.decrees[occasion.decree]
        if decree.places == "passed on":
            self._pass_on(docket)
        for file in files:
            s = file.spell
            if not file.takes_up:
                continue
            if not s.held:
                assert s.cause is not None
                causes = dict.fromkeys(OF_ITSELF, "expired waiting") | {
                    "death": "died waiting", "execution": "executed waiting",
                }  # fmt: skip
                file.outcome = causes.get(s.cause, "moved while waiting")
                continue
            if s.waits_for not in (None, docket.occasion):  # selected for release by another decree
                file.outcome = "moved while waiting"
                continue
            commute = decree.clauses[file.clause].then.commute
            if commute is not None and not file.frees and s.kind != commute.source:
                file.outcome = "moved while waiting"  # another decree has commuted his sentence
                continue
            file.granted = True
            docket.count("granted", file.clause, file.spell)
            if not file.frees and not self._frees(s, file.clause, file.cut, occasion):
                s.waits_for = None
                file.outcome = "reduced"
                self._change(docket, file, occasion)
                self._suspend(file, occasion, file.cut)
            else:
                s.waits_for = docket.occasion
                s.home = decree.clauses[file.clause].then.serve_the_rest is not None
                s.ended = decree.clauses[file.clause].then.end_the_case
                s.abroad = decree.clauses[file.clause].then.abroad
                s.expunge = decree.clauses[file.clause].then.expunge and file.cut is None
                released.append(file)
                self._suspend(file, occasion, None)
        self._deal(released, occasion)
        self._begin_for_newcomers(occasion)

    def _deal(self, released: list[File], occasion: Occasion) -> None:
        """Give each his day of release: in turn over the days, later where the way is long."""
        decree = self.scenario.decrees[occasion.decree]
        over = None if occasion.late else decree.release.over
        days = over.value if over is not None else 1
        turns: Counter[tuple[str, int]] = Counter()
        for file in sorted(released, key=lambda file: (file.lot, file.spell.name)):
            s = file.spell
            goes = file.goes
            exile = decree.release.exile
            sent = exile is not None and s.origin == exile.origin and not s.exiled
            if exile is not None and exile.approval is not None and sent:
                goes += exile.approval.value
            s.release_day = goes + turns[s.camp, goes] % days
            turns[s.camp, goes] += 1
            latency = decree.release.latency
            if latency is not None:
                word = self._word(Stream.LATENCY, s, occasion.decree, occasion.number)
                s.release_day += days_late(latency, int(word[0]))
            if occasion.decree in self.waiting:
                self.waiting[occasion.decree].join(occasion, s, file.lot)
            self.processes[s.person, s.line].interrupt()

    def _escorts(self) -> Process:
        """Every day, after the decrees: whom nobody can bring home stays for another day."""
        for day in range(self.horizon):
            yield self._until(day, ESCORTS)
            for name, waiting in self.waiting.items():
                for s in waiting.bring_home(self.scenario.decrees[name], day):
                    s.release_day = day + 1
                    self.processes[s.person, s.line].interrupt()

    def _begin_for_newcomers(self, occasion: Occasion) -> None:
        """Release points moved for those to come, from the grant on."""
        decree = self.scenario.decrees[occasion.decree]
        rules = [
            name
            for name, clause in decree.clauses.items()
            if decree.reach is None
            and decree.in_force is None
            and clause.then.release_point is not None
            and "those to come" in clause.then.release_point.reach
        ]
        if rules:
            self.rules_to_come.append((occasion, rules))
            for s in list(self.inside.values()):
                self._welcome(s, self.rules_to_come[-1])

    def _suspend(self, file: File, occasion: Occasion, cut: int | None) -> None:
        """Note what is remitted on condition."""
        rule = self.scenario.decrees[occasion.decree].clauses[file.clause].then.revived_if
        if rule is not None and cut != 0:
            file.spell.remissions.append(given(occasion, rule, cut))

    def _change(self, docket: Docket, file: File, occasion: Occasion) -> None:
        """A shorter term, another sentence or another release point, from the grant on."""
        s = file.spell
        effect = self.scenario.decrees[occasion.decree].clauses[file.clause].then
        due = due_under(self.world, effect, s, file.cut)
        if effect.release_point is not None:
            s.point = moved(s.point, effect.release_point)
            docket.count("release point moved", file.clause, s)
        elif effect.commute is not None:
            if not s.commuted:
                s.ended_first = s.ends_on
            if s.condemned:
                s.spared_on = occasion.grant_day
            to = effect.commute.to.value
            s.imposed = s.term = None if to == FOR_LIFE else to
            s.point = point_of(self.world, s.offence, s.imposed)
            s.commuted, s.condemned = True, False
            s.cuts.append((occasion.grant_day, occasion.decree))
            docket.count("reduced", file.clause, s)
        elif not file.cut:
            return  # no reduction
        elif effect.credit is not None:
            s.credits.append((occasion.decree, file.cut))
            docket.count("credited", file.clause, s)
        else:
            assert s.term is not None
            s.term -= file.cut
            s.cuts.append((occasion.grant_day, occasion.decree))
            s.cut_days += file.cut
            docket.count("reduced", file.clause, s)
        s.due = due if s.imposed is not None else None
        self.processes[s.person, s.line].interrupt()

    def _welcome(self, s: Spell, rule: tuple[Occasion, list[str]]) -> None:
        """Hold one who came after the lists had closed to a rule for those to come."""
        occasion, names = rule
        begun = begins(s)
        if s.term is None or begun is None or begun <= occasion.close_day:
            return
        decree = self.scenario.decrees[occasion.decree]
        f = facts(self.world, s, known_from(s), known_from(s))
        offers = []
        for name in names:
            clause = decree.clauses[name]
            barred = any(
                names_him(bar.when, f) for key, bar in decree.exclude.items()
                if key not in clause.despite
            )  # fmt: skip
            if holds(clause.when, f) and not barred:
                offers.append((due_under(self.world, clause.then, s, None), clause.then))
        if not offers:
            return
        due, effect = min(offers, key=lambda offer: offer[0])
        assert effect.release_point is not None
        s.point = moved(s.point, effect.release_point)
        if due <= occasion.grant_day:  # past his point already: out on the next day
            assert s.due is not None
            due = min(s.due, occasion.grant_day + 1)
        s.due = due
        if s.name in self.inside:
            self.processes[s.person, s.line].interrupt()

    def _pass_on(self, docket: Docket) -> None:
        """Places of those who died, whose term ended or who declined go to the next in rank."""
        decree = self.scenario.decrees[docket.occasion.decree]
        cap = decree.cap.value
        empty: Counter[str] = Counter()
        for file in docket.selected:
            s = file.spell
            counted = decree.counts == "both" or file.frees == (decree.counts == "releases")
            if counted and (s.cause in OF_ITSELF or not file.takes_up):
                empty[s.camp if cap is not None and cap.per == "camp" else "all"] += 1
        for file in docket.without_place:
            s = file.spell
            camp = s.camp if cap is not None and cap.per == "camp" else "all"
            if empty[camp] and s.held and s.waits_for is None:
                docket.selected.append(file)
                docket.passed_on += 1
                self._offer(docket, file)
                if file.takes_up:
                    empty[camp] -= 1

    def _file_of(self, s: Spell) -> File:
        for docket in self.dockets:
            if docket.occasion is s.waits_for:
                for file in docket.selected:
                    if file.spell is s:
                        return file
        raise AssertionError("who waits has a file")

    def _settle(self) -> None:
        """Count what became of those selected."""
        for docket in self.dockets:
            for s, stands, state in docket.barred.values():
                docket.read[s.name] = state
                for clause in stands.met:
                    docket.count("meets this clause", clause, s)
                self._keep_out(docket, s, stands)
            for file in docket.selected:
                s = file.spell
                if not file.takes_up:
                    continue
                if file.granted and file.outcome != "reduced":
                    if s.held:
                        file.outcome = "still waiting"
                    elif s.cause == docket.occasion.decree:
                        self._count_released(docket, file)
                    else:
                        lost = {"death": "died waiting", "execution": "executed waiting"}
                        file.outcome = lost.get(str(s.cause), "expired waiting")
                if file.outcome not in (None, "reduced"):
                    docket.count(file.outcome, file.clause, file.spell)

    def _count_released(self, docket: Docket, file: File) -> None:
        s = file.spell
        gone = never_began(s, docket.occasion)
        docket.count("extinguished" if gone else "released", file.clause, s)
        for stage, done in (
            ("sent home", s.home), ("sent abroad", s.gone), ("struck from the record", s.struck),
            ("case ended", s.ended),
        ):  # fmt: skip
            if done:
                docket.count(stage, file.clause, s)


def _turn(docket: Docket) -> tuple[int, str, int]:
    """Decrees of one day act by the day ordered, then by name."""
    return docket.occasion.ordered_day, docket.occasion.decree, docket.occasion.number


def _of_step(edges: list[int], rates: list[int], reading: int) -> int:
    """The rate of the last step that a clock has reached."""
    found = rates[0]
    for edge, rate in zip(edges, rates, strict=True):
        if reading >= edge:
            found = rate
    return found
