"""Yardstick *floor*: the reference work's draws, inverted and written to columns.

Six uniforms a person (offence, sentence, time served or day of admission, camp, death,
lottery) come from NumPy's Philox, are looked up in tables and kept as integer columns. There
is no clock, no decree and no record: nothing that simulates the reference work from those
draws can be much faster. Frozen.

    python -m tests.bench.floor --held 100000 --seed 1
"""

import argparse
import json
import time
from typing import NamedTuple

import numpy as np

from tests.bench import reference_work as w

SLICES = 1 << 14
"""Equally likely slices of each table; finer tables leave the cache and tell no more."""

OFFENCE, SENTENCE, DAY, CAMP, DEATH, LOTTERY = range(6)


class Tables(NamedTuple):
    """Inverse distribution functions, one entry for each slice of (0, 1)."""

    offence_admitted: np.ndarray
    offence_held: np.ndarray
    sentence_admitted: np.ndarray
    sentence_held: np.ndarray
    camp: np.ndarray
    death: np.ndarray


class Columns(NamedTuple):
    """What is written: one entry for each person, those held on day 0 first."""

    offence: np.ndarray
    sentence: np.ndarray
    admitted: np.ndarray
    camp: np.ndarray
    death: np.ndarray
    lottery: np.ndarray


def tables() -> Tables:
    """Tabulate the distributions of the reference work."""
    middles = (np.arange(SLICES) + 0.5) / SLICES
    shares = np.array([offence.share for offence in w.OFFENCES])
    sentences, held_sentences, stays = [], [], []
    for offence in w.OFFENCES:
        days, stay = w.sentence_grid(offence, SLICES)
        weight = np.cumsum(stay) / stay.sum()
        sentences.append(days)
        # A stay is met on day 0 in proportion to its length.
        held_sentences.append(days[np.searchsorted(weight, middles)])
        stays.append(stay.mean())
    held_shares = shares * stays / np.dot(shares, stays)
    hazard = w.DEATHS_PER_YEAR / w.YEAR_DAYS
    return Tables(
        offence_admitted=_lookup(shares, middles),
        offence_held=_lookup(held_shares, middles),
        sentence_admitted=np.concatenate(sentences).astype(np.int32),
        sentence_held=np.concatenate(held_sentences).astype(np.int32),
        camp=_lookup(np.array(w.CAMP_SHARES), middles),
        death=(1 - np.log1p(-middles) / hazard).astype(np.int32),
    )


def _lookup(shares: np.ndarray, middles: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.cumsum(shares)[:-1], middles).astype(np.int32)


def write(table: Tables, held: int, admitted: int, seed: int) -> Columns:
    """Draw, invert and write the columns of everyone."""
    people = held + admitted
    hazard = w.DEATHS_PER_YEAR / w.YEAR_DAYS

    def draw(stream: int) -> np.ndarray:
        return np.random.Generator(np.random.Philox(key=[seed, stream])).random(people)

    def slices(stream: int) -> np.ndarray:
        return (draw(stream) * SLICES).astype(np.int32)

    which = slices(OFFENCE)
    offence = np.empty(people, np.int32)
    offence[:held] = table.offence_held[which[:held]]
    offence[held:] = table.offence_admitted[which[held:]]

    which = slices(SENTENCE) + offence * SLICES
    sentence = np.empty(people, np.int32)
    sentence[:held] = table.sentence_held[which[:held]]
    sentence[held:] = table.sentence_admitted[which[held:]]

    uniform = draw(DAY)
    day = np.empty(people, np.int32)
    # Time served so far: uniform over the sentence, but for those who died meanwhile.
    died = np.expm1(-hazard * sentence[:held])
    day[:held] = np.log1p(uniform[:held] * died) / hazard
    day[held:] = uniform[held:] * w.HORIZON_DAYS

    camp = table.camp[slices(CAMP)]
    death = table.death[slices(DEATH)] + np.maximum(day, 0)
    lottery = (draw(LOTTERY) * 2**31).astype(np.int32)
    return Columns(offence, sentence, day, camp, death, lottery)


def run(held: int, seed: int) -> dict[str, object]:
    """Write the reference work's people; give the seconds it took and what they amount to."""
    rate = w.admissions_per_day(held)
    admitted = int(np.random.default_rng(seed).poisson(rate * w.HORIZON_DAYS))
    table = tables()
    start = time.perf_counter()
    columns = write(table, held, admitted, seed)
    seconds = time.perf_counter() - start
    leaves = np.minimum(columns.admitted + columns.sentence, columns.death)
    left = int(np.count_nonzero(leaves < w.HORIZON_DAYS))
    return {
        "engine": "floor",
        "held": held,
        "seed": seed,
        "seconds": round(seconds, 6),
        "people": held + admitted,
        "events": held + admitted + left,
        "final_stock": held + admitted - left,
    }


def main() -> None:
    """Read the size and the seed, run, and print one line of JSON."""
    parser = argparse.ArgumentParser(description="The draws, inverted and written.")
    parser.add_argument("--held", type=int, default=w.HELD)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(run(options.held, options.seed)))


if __name__ == "__main__":
    main()
