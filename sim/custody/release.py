"""What follows release: exile, supervision and work, death at liberty, return, arrest drives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import ARREST, EXTINGUISHED
from sim.custody.decrees.bench import places
from sim.custody.decrees.lots import lots
from sim.custody.ends import BY_DECREE, STAGES
from sim.custody.hazards import NEVER
from sim.custody.liberty import Leavers, fates
from sim.custody.outside import factor_kind
from sim.custody.persons import first_spell, next_spell, without_spared
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sequels import Sequels
from sim.custody.spells import WINDOW, Ended, Rows
from sim.custody.streams import Draws, Stream, decree_salt, drive_line
from sim.custody.tables import CutTable, happens
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Gate:
    """Lets people out and, if so it happens, in again: deaths, exile and returns after a spell."""

    def __init__(
        self,
        prisons: Prisons,
        draws: Draws,
        decrees: Mapping[str, Decree],
        occasions: tuple[Occasion, ...],
        arrive: Callable[[Register, Rows, Rows | None], None] | None = None,
        patience: Mapping[int, int] | None = None,
        sequels: Sequels | None = None,
    ) -> None:
        self.prisons = prisons
        self.draws = draws
        self.arrive = arrive or (lambda register, new, before: None)
        self.patience = {} if patience is None else patience
        self.sequels = sequels
        self.outside = _Outside()
        steady = prisons.steady
        self.follows = steady.returning is not None or bool(steady.liberty.rates.any())
        self.decrees = list(decrees.values())
        self.names = list(decrees)
        self.occasions = occasions
        by_whom = [self.decrees[occasion.position] for occasion in occasions]
        self.causes = np.array([BY_DECREE + o.position for o in occasions], dtype=np.int64)
        self.kinds = np.array([_kind_without_job(decree) for decree in by_whom], dtype=np.int64)
        """By occasion, the kind of release of whoever is given no job."""
        self.bringing_more = {
            number
            for number, decree in enumerate(by_whom)
            if occasions[number].late or _brings_more(decree)
        }
        """Occasions on which more follows than from supervision and education."""
        exile = prisons.scenario.world.exile
        self.destinations: CutTable | None = None
        if exile:
            codes = tuple(places(prisons).index(name) for name in exile.destinations)
            shares = tuple(share.value for share in exile.destinations.values())
            self.destinations = _destinations(codes, shares)

    def can_wait(self, register: Register, day: int) -> bool:
        """Say whether nobody who came back could be reached on a day on which decrees act.

        Nobody of those outside, nor of those who have left since the last sweep.
        """
        since = min(self.outside.since, register.up_to // STAGES)
        return day < since + 1 + self.patience[day]

    def advance(self, register: Register, limit: int, *, wait: bool = False) -> int:
        """Bring the register up to date: close all spells whose key lies below the limit.

        Generation by generation: a release may bring a return or an arrest, whose spell may end
        before the limit as well. Returns the number of spells closed.

        Parameters
        ----------
        wait
            Leave open what becomes of those outside while nobody who came back could be reached by
            merit or a decree on the last of these days: the `patience` of that day after his
            admission, which is a day after his release at the earliest. Many small portions become
            few.
        """
        ended, first, day = 0, 0, limit // STAGES
        patience = self.patience.get(day)
        while True:
            end, to_come = len(register), register.to_come
            for closed in register.close(limit, first):
                ended += closed.size
                self._let_out(register, closed)
                if self.outside.count >= WINDOW:
                    self._at_liberty(register, *self.outside.taken())
            first = end
            reached = patience is not None and self.outside.since + 1 + patience <= day
            if self.outside.count and (reached or not wait):
                self._at_liberty(register, *self.outside.taken())
            if register.to_come < to_come:  # their rows stand before those added
                first = register.first_to_come
            elif len(register) == end:
                return ended

    def pass_by(self, register: Register, first: int = NEVER, last: int = NEVER) -> None:
        """Let pass what is known from another scenario of spells that no decree meets any more.

        Decrees act on no day but from the first to the last (`Sequels.pass_by`).
        """
        if self.sequels is None:
            return
        if self.outside.count:
            self._at_liberty(register, *self.outside.taken())
        self._come_back(register, *self.sequels.pass_by(register, first, last))

    def _let_out(self, register: Register, ended: Ended) -> None:
        """Do what happens on the day on which people leave alive."""
        _, alive, freed, first = ended
        kinds = np.zeros(len(alive), dtype=np.int64)
        if len(freed):
            out = alive[freed]
            numbers = register.occasion[out]
            register.cause[out] = self.causes[numbers]
            kinds[freed] = self._leave_by_decrees(register, out, numbers)
        if self.prisons.steady.stays.executions:
            there = ~register.executed(alive)
            alive, kinds = alive[there], kinds[there]
        if len(register.to_expel):  # who is abroad is not followed
            here = ~register.abroad(alive)
            alive, kinds = alive[here], kinds[here]
        if len(alive) and self.follows:
            if len(alive) < len(ended.alive):
                first = int(register.left[alive].min())
            self.outside.put(alive, kinds, first)

    def _leave_by_decrees(
        self, register: Register, rows: Rows, numbers: NDArray[np.integer]
    ) -> Ints:
        """Return the kinds of release, and do what else those by some occasions bring."""
        kinds: Ints = self.kinds[numbers]
        if not self.bringing_more:
            return kinds
        if (numbers == numbers[0]).all():  # as mostly, which is quicker to see
            return self._leave_by_decree(register, rows, int(numbers[0]))
        for number in sorted(self.bringing_more.intersection(np.unique(numbers).tolist())):
            chosen = numbers == number
            kinds[chosen] = self._leave_by_decree(register, rows[chosen], number)
        return kinds

    def _leave_by_decree(self, register: Register, rows: Rows, number: int) -> Ints:
        """Exile and arrests that a decree's releases bring; returns the kinds of release."""
        occasion = self.occasions[number]
        decree = self.decrees[occasion.position]
        if occasion.late:
            unbegun = register.left[rows] == register.admitted[rows]
            unbegun &= ~register.home[rows]  # which begins at home
            if unbegun.any():  # a sentence that never began brings nothing of what follows release
                register.own("kind")
                register.kind[rows[unbegun]] = EXTINGUISHED
                kinds = np.zeros(len(rows), dtype=np.int64)
                if not unbegun.all():
                    kinds[~unbegun] = self._leave_by_decree(register, rows[~unbegun], number)
                return kinds
        if decree.release.exile is not None:
            self._exile(register, rows, decree.release.exile.origin, occasion)
        if decree.drive is not None:
            self._arrests(register, rows, decree, occasion)
        kinds = np.full(len(rows), self.kinds[number], dtype=np.int64)
        if decree.release.job is not None:
            words = lots(self.draws, register, rows, Stream.JOB, occasion)
            job = happens(words, decree.release.job.value)
            kinds += job * factor_kind(supervision=False, job=True, education=False)
        return kinds

    def _exile(self, register: Register, rows: Rows, origin: str, occasion: Occasion) -> None:
        world = self.prisons.scenario.world
        code = list(world.origins).index(origin)
        rows = rows[(register.origin[rows] == code) & ~register.exiled[rows]]
        if world.exile is None or self.destinations is None:
            return
        words = lots(self.draws, register, rows, Stream.EXILE, occasion)
        rows = rows[happens(words, world.exile.compliance.value)]
        words = lots(self.draws, register, rows, Stream.DESTINATION, occasion)
        register.own("residence", "exiled")
        register.residence[rows] = self.destinations.pick(0, words)
        register.exiled[rows] = True

    def _arrests(self, register: Register, rows: Rows, decree: Decree, occasion: Occasion) -> None:
        """Arrest new people in the months after a release; those so arrested bring no more."""
        assert decree.drive is not None
        rows = rows[register.line[rows] == 0]
        salt = decree_salt(occasion.decree)
        words = lots(self.draws, register, rows, Stream.DRIVE_ARREST, occasion)
        rows = rows[happens(words, decree.drive.per_release.value)]
        words = lots(self.draws, register, rows, Stream.DRIVE_DAY, occasion)
        wait = 1 + ((words >> np.uint64(32)).astype(np.int64) * decree.drive.within >> 32)
        day = register.left[rows] + wait
        inside = day < self.prisons.days
        rows, day = rows[inside], day[inside].astype(np.int64)
        person = register.person[rows]
        line = drive_line(salt, register.line[rows], register.spell[rows].astype(np.int64))

        def words_of(stream: Stream) -> NDArray[np.uint64]:
            return self.draws.at(stream, person, spell=0, line=line)

        columns = first_spell(self.prisons, words_of, person, line, day)
        new = register.add({**columns, "kind": np.full(len(rows), ARREST)})
        self.arrive(register, new, None)

    def _at_liberty(self, register: Register, rows: Rows, kinds: Ints) -> None:
        """Let follow what is known from another scenario, and find out the rest."""
        if self.sequels is not None:
            known = self.sequels.known(register, rows)
            if known.any():
                self._come_back(register, *self.sequels.repeat(register, rows[known]))
                rows, kinds = rows[~known], kinds[~known]
        if len(rows):
            self._find_out(register, rows, kinds)

    def _come_back(self, register: Register, before: Rows, new: Rows) -> None:
        """Note who comes back, after which spell, and hold the new spells to what awaits them."""
        register.followed.append((before, new))
        self.arrive(register, new, before)

    def _find_out(self, register: Register, rows: Rows, kinds: Ints) -> None:
        """Find who dies at liberty and who returns before, and admit the latter on their day."""
        everybody = rows
        liberty = self.prisons.steady.liberty
        chosen, at = (
            (slice(None), rows) if register.varying is None else (rows, np.arange(len(rows)))
        )
        leavers = Leavers(*(getattr(register, name)[chosen] for name in Leavers._fields))
        if register.varying is not None:  # what is left is known; no hazard has to be taken off
            left = register.tolerance_left(rows)
            health = register.health_on(rows, register.left[rows])
            leavers = leavers._replace(tolerance=left, rate=np.zeros_like(left), health=health)
        found = fates(self.prisons, self.draws, leavers, at, kinds)
        register.own("died_free")
        register.died_free[rows[found.dead]] = found.died
        rows, at = rows[found.back], at[found.back]
        kept = {name: getattr(register, name)[rows]
                for name in ("born", "origin", "residence", "exiled")}  # fmt: skip
        columns = next_spell(
            self.prisons, self.draws, register.person[rows],
            register.spell[rows].astype(np.int64) + 1, register.line[rows], found.when,
            {**kept, "tolerance": found.rest},
        )  # fmt: skip
        cause = register.cause[rows]
        columns |= {
            "exiled_before": kept["exiled"],
            "free_since": register.left[rows],
            "freed_by": np.where(cause >= BY_DECREE, cause - BY_DECREE, -1),
        }
        columns, spared = without_spared(self.prisons, self.draws, columns)
        returned = rows
        if spared.any():  # they stay at liberty, and may die there
            returned = rows[~spared]
            still = at[spared]
            died = leavers.left[still] + liberty.days_until(
                leavers.tolerance_left(still), leavers.health[still], leavers.ages(still)
            )
            soon = died < self.prisons.days
            register.died_free[rows[spared][soon]] = died[soon]
        new = register.add(columns)
        if self.sequels is not None:
            self.sequels.learn(register, everybody, returned, new)
        self._come_back(register, returned, new)


def _kind_without_job(decree: Decree) -> int:
    """Return the kind of a decree's releases in the hazards of return, without a job."""
    release = decree.release
    educated = release.education is not None and bool(release.education.value)
    return factor_kind(supervision=release.supervision, job=False, education=educated)


def _brings_more(decree: Decree) -> bool:
    """Say whether it takes more than the kind to know what follows a decree's releases."""
    release = decree.release
    return not (release.exile is None and release.job is None and decree.drive is None)


@lru_cache(maxsize=64)
def _destinations(codes: tuple[int, ...], shares: tuple[float, ...]) -> CutTable:
    """Return the table of places to which people are sent."""
    return CutTable([(np.array(codes), np.array(shares))])


class _Outside:
    """Those who have left alive and of whom it is still open what becomes of them."""

    def __init__(self) -> None:
        self.parts: list[tuple[Rows, Ints]] = []
        self.count, self.since = 0, NEVER

    def put(self, rows: Rows, kinds: Ints, since: int) -> None:
        """Add rows with their kinds of release, the first of them released on a day."""
        self.parts.append((rows, kinds))
        self.count += len(rows)
        self.since = min(self.since, since)

    def taken(self) -> tuple[Rows, Ints]:
        """Take all of them: rows and kinds of release."""
        rows, kinds = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        self.parts, self.count, self.since = [], 0, NEVER
        return rows, kinds
