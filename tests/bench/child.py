"""One kind of work in a process of its own: CPU seconds of each call, and memory.

python -m tests.bench.child {product,day,floor,interrupts} HELD CALLS
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import floor, interrupts, reference_work


def resident_bytes() -> int:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def work(what: str, held: int) -> Callable[[int], object]:
    """Prepare one kind of work; what is returned does it, given the number of the call."""
    if what == "interrupts":
        return lambda call: interrupts.run(held, 1 + call)
    if what == "floor":
        days = reference_work.HORIZON_DAYS
        admitted = round(reference_work.admissions_per_day(held) * days)
        table = floor.tables()
        return lambda call: floor.write(table, held, admitted, 1 + call)
    from sim.custody.model import simulate
    from sim.custody.prisons import prisons
    from sim.custody.streams import Draws
    from sim.study.memory import keep_freed_memory
    from tests.bench.scenarios import reference

    keep_freed_memory()  # as a worker does
    scenario = reference(held)
    world = prisons(scenario)

    def cell(call: int) -> object:
        clock = "day" if what == "day" else "production"
        return simulate(scenario, world, Draws(1, call), clock=clock).register

    return cell


def main() -> None:
    """Do it, and print one line of JSON."""
    what, held, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    one = work(what, held)
    before, seconds = resident_bytes(), []
    left: object = None
    for call in range(calls):
        left = None
        gc.collect()
        began = time.process_time()
        left = one(call)
        seconds.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    columns = [v for v in getattr(left, "__dict__", {}).values() if hasattr(v, "strides")]
    print(json.dumps({
        "seconds": seconds, "bytes": peak - before,
        # A column that is one value for all takes no room.
        "columns": sum(column.nbytes for column in columns if any(column.strides)),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
