"""Time the product beside its yardsticks, in one run; print medians and ratios.

python -m tests.bench            everything that takes seconds
python -m tests.bench --huge     ten million held, and a hundred replications of a study
python -m tests.bench --short    20,000 held, best of three; fails below the bar
python -m tests.bench --only W   one part: W, dprk, linear, decrees, standing, choices,
                                 workers, start

The last line is one object of JSON, the ratios by name.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable

from sim.study.memory import keep_freed_memory
from tests.bench import parts
from tests.bench.timing import child

SHORT_HELD, BAR = 20_000, 30
"""The short bench: so many held, so many times as fast as *interrupts* at least."""


def short() -> int:
    """Check the bar at 20,000 held, best of three."""
    best = 0.0
    for _ in range(3):
        product = statistics.median(child("product", SHORT_HELD, 6)["seconds"][1:])
        ratio = child("interrupts", SHORT_HELD, 1)["seconds"][0] / product
        best = max(best, ratio)
        print(f"{SHORT_HELD:,} held: product is {ratio:.0f} x as fast as interrupts", flush=True)
        if best >= 2 * BAR:
            break
    print(json.dumps({"interrupts_over_w": round(best, 1), "bar": BAR}))
    return 0 if best >= BAR else 1


def main() -> int:
    """Run the parts asked for."""
    whole: dict[str, Callable[[], dict[str, float]]] = {
        "W": parts.reference_work, "dprk": parts.own_draws, "linear": parts.linear,
        "decrees": parts.decrees, "standing": parts.standing,
        "choices": parts.choices, "workers": parts.workers, "start": parts.start,
    }  # fmt: skip
    huge = {"study": parts.study, "world": parts.whole_world, "linear": parts.linear_to_ten_million}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="check the bar at 20,000 held")
    parser.add_argument("--huge", action="store_true", help="what takes minutes and gigabytes")
    parser.add_argument("--only", nargs="+", choices=sorted({*whole, *huge}))
    words = parser.parse_args()
    if words.short:
        return short()
    keep_freed_memory()  # as a worker does
    ratios: dict[str, float] = {}
    for name, part in (huge if words.huge else whole).items():
        if words.only is None or name in words.only:
            ratios |= part()
    print(json.dumps({name: round(ratio, 3) for name, ratio in ratios.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
