"""Yardstick *interrupts*: the reference work with one SimPy process per person.

What a user of SimPy writes first: a generator sleeps until its person leaves, and a decree
interrupts those whose leaving it changes. W only, nothing else; frozen.

    python -m tests.bench.interrupts --held 100000 --seed 1
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Generator

import numpy as np
import simpy

from tests.bench import reference_work as w


class Person:
    """Someone in custody, and the process that waits for the end of it."""

    __slots__ = ("admitted", "camp", "cause", "leaves", "number", "offence", "process", "sentence")

    def __init__(self, offence: int, sentence: int, admitted: int, camp: int) -> None:
        self.offence = offence
        self.sentence = sentence
        self.admitted = admitted
        self.camp = camp
        self.leaves = admitted + sentence
        self.cause = "expiry"
        self.number = 0
        self.process: simpy.Process | None = None

    def leave_by(self, day: int, cause: str) -> None:
        """Bring the leaving forward to ``day``, if it is later than that."""
        if day < self.leaves:
            self.leaves = day
            self.cause = cause


class Prison:
    """The prison system: who is held, who comes, who goes, and the census."""

    def __init__(self, held: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = np.random.default_rng(seed)
        self.held: dict[int, Person] = {}
        self.stock = [0] * len(w.CAMP_SHARES)
        self.census: list[list[int]] = []
        self.people = 0
        self.leavings: Counter[str] = Counter()
        self.granted: Counter[str] = Counter()
        self.hazard = w.DEATHS_PER_YEAR / w.YEAR_DAYS
        self.offence_cuts = np.cumsum([offence.share for offence in w.OFFENCES])
        self.camp_cuts = np.cumsum(w.CAMP_SHARES)
        # Length-biased: an offence is held in proportion to its share and its mean sentence.
        stays = np.array([offence.share * offence.mean_years for offence in w.OFFENCES])
        self.held_cuts = np.cumsum(stays / stays.sum())
        self.per_day = w.admissions_per_day(held)

        for _ in range(held):
            self.take_in(self.someone_held())
        self.env.process(self.intake())
        self.env.process(self.count())
        self.env.process(self.pardon_long_terms())
        self.env.process(self.pardon_by_share())

    def choose(self, cuts: np.ndarray) -> int:
        """Draw an index by cumulative shares."""
        return min(int(np.searchsorted(cuts, self.rng.random(), side="right")), len(cuts) - 1)

    def someone_held(self) -> Person:
        """Draw a person found in custody on day 0: a length-biased, unfinished spell."""
        while True:
            offence = self.choose(self.held_cuts)
            law = w.OFFENCES[offence]
            sentence = max(1, round(self.rng.lognormal(law.mu + law.sigma**2, law.sigma)))
            served = int(self.rng.random() * sentence)
            # Only the survivors of the time served are still there.
            if self.rng.exponential(1 / self.hazard) > served:
                return Person(offence, sentence, -served, self.choose(self.camp_cuts))

    def someone_new(self, day: int) -> Person:
        """Draw a person admitted on ``day``."""
        offence = self.choose(self.offence_cuts)
        law = w.OFFENCES[offence]
        sentence = max(1, round(self.rng.lognormal(law.mu, law.sigma)))
        return Person(offence, sentence, day, self.choose(self.camp_cuts))

    def take_in(self, person: Person) -> None:
        """Put a person into custody and start the process of his stay."""
        death = int(self.env.now) + 1 + int(self.rng.exponential(1 / self.hazard))
        person.leave_by(death, "death")
        person.number = self.people
        self.people += 1
        self.held[person.number] = person
        self.stock[person.camp] += 1
        person.process = self.env.process(self.stay(person))

    def stay(self, person: Person) -> Generator[simpy.Event, None, None]:
        """Wait until the person leaves; a decree that changes the day interrupts."""
        while person.leaves > self.env.now:
            try:
                yield self.env.timeout(person.leaves - self.env.now)
            except simpy.Interrupt:
                continue
        del self.held[person.number]
        self.stock[person.camp] -= 1
        self.leavings[person.cause] += 1

    def intake(self) -> Generator[simpy.Event, None, None]:
        """Admit new people every day."""
        while True:
            for _ in range(self.rng.poisson(self.per_day)):
                self.take_in(self.someone_new(int(self.env.now)))
            yield self.env.timeout(1)

    def count(self) -> Generator[simpy.Event, None, None]:
        """Count the people held in each camp every day."""
        while True:
            self.census.append(list(self.stock))
            yield self.env.timeout(1)

    def pardon_by_share(self) -> Generator[simpy.Event, None, None]:
        """Free whoever has served the share of the sentence, after the education."""
        decree = w.SHARE_DECREE
        yield self.env.timeout(decree.day)
        for person in self.held.values():
            if 10 * (decree.day - person.admitted) >= decree.served_tenths * person.sentence:
                self.granted["share"] += 1
                self.grant(person, decree.day + decree.education_days, "share decree")

    def pardon_long_terms(self) -> Generator[simpy.Event, None, None]:
        """Free the longest served of each camp among those with long sentences."""
        decree = w.LONG_TERM_DECREE
        yield self.env.timeout(decree.day)
        eligible: list[list[Person]] = [[] for _ in self.stock]
        for person in self.held.values():
            served = decree.day - person.admitted
            if person.sentence >= decree.sentence_days and served >= decree.served_days:
                eligible[person.camp].append(person)
        for camp in eligible:
            camp.sort(key=lambda person: (person.admitted, self.rng.random()))
            for person in camp[: decree.per_camp]:
                self.granted["long term"] += 1
                self.grant(person, decree.day, "long-term decree")

    def grant(self, person: Person, day: int, cause: str) -> None:
        """Let a decree free the person on ``day``, unless he leaves before."""
        if person.leaves > day:
            person.leave_by(day, cause)
            if person.process is not None:
                person.process.interrupt(cause)


def run(held: int, seed: int) -> dict[str, object]:
    """Simulate the reference work; give the seconds it took and what happened."""
    start = time.perf_counter()
    prison = Prison(held, seed)
    prison.env.run(until=w.HORIZON_DAYS)
    seconds = time.perf_counter() - start
    return {
        "engine": "interrupts",
        "held": held,
        "seed": seed,
        "seconds": round(seconds, 4),
        "people": prison.people,
        "events": prison.people + prison.leavings.total(),
        "final_stock": sum(prison.census[-1]),
        "leavings": dict(sorted(prison.leavings.items())),
        "granted": dict(sorted(prison.granted.items())),
    }


def main() -> None:
    """Read the size and the seed, run, and print one line of JSON."""
    parser = argparse.ArgumentParser(description="One SimPy process per person.")
    parser.add_argument("--held", type=int, default=w.HELD)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(run(options.held, options.seed)))


if __name__ == "__main__":
    main()
