"""Times taken side by side, as medians of CPU time unless said otherwise.

Each round does every piece of work once, so that a slow minute of the machine slows them all.
"""

import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence


def side_by_side(
    work: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Return median seconds of each piece of work; the first round warms up and is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, one in work.items():
            gc.collect()
            began = clock()
            one()
            if number:
                taken[name].append(clock() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def child(what: str, held: int, calls: int) -> dict[str, list[float] | int]:
    """Do one kind of work in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.child", what, str(held), str(calls)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, list[float] | int] = json.loads(done.stdout)
    return found


def command_seconds(command: Sequence[str], bytecode: str) -> float:
    """Return the CPU seconds of a command and its children.

    Bytecode is kept in a folder, whatever this process does: installed programs have theirs.
    """
    told = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=told | {"PYTHONPYCACHEPREFIX": bytecode},
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of a straight line through the logarithms, by least squares."""
    x, y = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    middle_x, middle_y = statistics.mean(x), statistics.mean(y)
    above = sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - middle_x) ** 2 for a in x)
