"""Compute a study of very many cells of a tiny world; print the coordinator's memory as it grows.

python -m tests.bench.many_cells [CELLS]
"""

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from sim.scenario.load import load
from sim.study.cells import Point
from sim.study.state import state_of
from sim.study.study import Ask, Crew, Study

SMALL = Path(__file__).parents[1] / "cli" / "files"


def tiny(folder: Path) -> Point:
    """Make a world of twenty people and one year."""
    world = (SMALL / "prisons.yaml").read_text(encoding="utf-8")
    world = world.replace("value: 200, low: 100", "value: 20, low: 10")
    world = re.sub(r"\n  end: \S+", "\n  end: 2011-01-01", world)
    (folder / "prisons.yaml").write_text(world, encoding="utf-8")
    (folder / "none.yaml").write_bytes((SMALL / "none.yaml").read_bytes())
    return Point("none", load(folder / "none.yaml"))


def resident_megabytes() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Run and print."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    grown: dict[int, float] = {}

    def look(done: int, total: int) -> None:
        step = total // 10
        if done // step not in grown:
            grown[done // step] = resident_megabytes()
            print(f"{done:8,} of {total:,} cells: {grown[done // step]:.0f} MB", flush=True)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ask = Ask(tiny(folder), cells)
        began = time.perf_counter()
        with Study(folder / "study") as study:
            study.compute([ask], 1, crew=Crew(2), progress=look)
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        state = state_of(folder / "study")
        listing = time.perf_counter() - began
    rest = [grown[step] for step in sorted(grown)[1:]]
    print(state.in_words())
    print(json.dumps({
        "cells": cells, "cells_a_second": round(cells / seconds),
        "memory_end_over_start": round(rest[-1] / rest[0], 3), "listing_seconds": round(listing, 3),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
