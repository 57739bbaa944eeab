"""Time the reference work W beside its two yardsticks, in one run; print medians and ratios.

python -m tests.bench            W as it stands
python -m tests.bench --short    20,000 held, best of three; fails below the bar
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import prisons
from sim.custody.streams import Draws
from sim.scenario.load import Scenario, build, load
from sim.scenario.tree import Tree, replaced
from tests.bench import reference_work

WORLD = Path(__file__).with_name("reference-work.yaml")
SHORT_HELD = 20_000
BAR = 30
"""In the short bench the product must be at least so many times as fast as *interrupts*."""


def reference(held: int) -> Scenario:
    """Return W with another number held; caps follow the file."""
    scenario = load(WORLD)
    graded = {
        k: Tree(v, "bench", 0)
        for k, v in (("value", held), ("unit", "persons"), ("source", "derived"), ("grade", "B"))
    }
    return build(
        scenario.name, replaced(scenario.tree, ("world", "held"), Tree(graded, "bench", 0))
    )


def product_seconds(held: int, runs: int) -> list[float]:
    """Time whole cells of the product: people drawn, simulated, recorded."""
    scenario = reference(held)
    world = prisons(scenario)
    found = []
    for replication in range(runs + 1):
        gc.collect()
        began = time.perf_counter()
        draws = Draws(1, replication)
        simulate(scenario, world, draws, people=people_at_hand(world, draws))
        found.append(time.perf_counter() - began)
    return found[1:]


def day_clock_seconds(held: int) -> float:
    """Time one cell on the day clock."""
    scenario = reference(held)
    world = prisons(scenario)
    began = time.perf_counter()
    simulate(scenario, world, Draws(1, 0), clock="day")
    return time.perf_counter() - began


def interrupts_seconds(held: int) -> float:
    """Time *interrupts* in a process of its own: the garbage of one run slows the next."""
    command = [sys.executable, "-m", "tests.bench.interrupts", "--held", str(held), "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.strip().splitlines()[-1])["seconds"])


def floor_seconds(held: int, runs: int) -> list[float]:
    """Time the floor in processes of their own, several calls each."""
    command = [sys.executable, "-m", "tests.bench.floor", "--held", str(held), "--seed", "1"]
    found = []
    for _ in range(runs):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append(float(json.loads(done.stdout.strip().splitlines()[-1])["seconds"]))
    return found


def whole(held: int, runs: int) -> dict[str, float]:
    """Print W beside its yardsticks and return the ratios."""
    product = statistics.median(product_seconds(held, runs))
    interrupts = statistics.median(interrupts_seconds(held) for _ in range(max(runs // 3, 1)))
    lowest = statistics.median(floor_seconds(held, runs))
    day = day_clock_seconds(held)
    ratios = {
        "interrupts_over_w": interrupts / product,
        "w_over_floor": product / lowest,
        "day_clock_over_w": day / product,
    }
    print(f"reference work, {held:,} held, {reference_work.HORIZON_DAYS} days; medians, seconds")
    for name, seconds in (
        ("product", product),
        ("interrupts", interrupts),
        ("floor", lowest),
        ("product on the day clock", day),
    ):
        print(f"  {name:26} {seconds:9.4f}")
    print(f"  product is {ratios['interrupts_over_w']:.0f} x as fast as interrupts")
    print(f"  product takes {ratios['w_over_floor']:.1f} x the floor")
    return ratios


def short() -> int:
    """Check the bar at 20,000 held, best of three."""
    best = 0.0
    for _ in range(3):
        product = statistics.median(product_seconds(SHORT_HELD, 5))
        ratio = interrupts_seconds(SHORT_HELD) / product
        best = max(best, ratio)
        print(f"{SHORT_HELD:,} held: product is {ratio:.0f} x as fast as interrupts")
        if best >= 2 * BAR:
            break
    print(json.dumps({"interrupts_over_w": round(best, 1), "bar": BAR}))
    return 0 if best >= BAR else 1


def main() -> int:
    """Run a bench."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="check the bar at 20,000 held")
    parser.add_argument("--held", type=int, default=reference_work.HELD)
    parser.add_argument("--runs", type=int, default=7)
    words = parser.parse_args()
    if words.short:
        return short()
    ratios = whole(words.held, words.runs)
    print(json.dumps({name: round(ratio, 2) for name, ratio in ratios.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
