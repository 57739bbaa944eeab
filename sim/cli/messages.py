"""What the user is told beside results: progress, mistakes, interruption; exit statuses."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NoReturn, cast

import typer

if TYPE_CHECKING:
    from sim.study.study import InterruptedStudyError, Progress

DONE, FAILED, WRONG_INPUT, DOES_NOT_HOLD, INTERRUPTED = 0, 1, 2, 3, 130
BAR_AFTER_SECONDS = 1
LINE_EVERY_SECONDS = 60


def say(text: str) -> None:
    """Tell the user something that is no result."""
    typer.echo(text, err=True)


def stop(message: str, code: int = WRONG_INPUT) -> NoReturn:
    """End with a message and an exit status."""
    say(message)
    raise typer.Exit(code)


OUR_OWN = {
    "sim.scenario.problems": {"ScenarioError": WRONG_INPUT},
    "sim.paper.folder": {"FolderError": WRONG_INPUT, "SaveError": FAILED},
    "sim.study.cluster": {"AddressError": WRONG_INPUT, "ClusterError": FAILED},
    "sim.study.lock": {"BusyError": WRONG_INPUT},
    "sim.study.database": {"DamagedError": WRONG_INPUT, "StoreError": FAILED},
    "sim.study.study": {"InterruptedStudyError": INTERRUPTED, "WorkerLostError": FAILED},
}
"""Mistakes and failures by the module that raises them, with their exit status."""


def _status_of(error: Exception) -> int | None:
    """Return the exit status of a mistake or failure of our own, None for any other.

    The nearest name counts. Modules are named and not imported: importing all of them takes longer
    than checking a file.
    """
    for kind in type(error).__mro__:
        code = OUR_OWN.get(kind.__module__, {}).get(kind.__name__)
        if code is not None:
            return code
    return None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn mistakes, failures and interruption into messages and exit statuses."""
    try:
        try:
            yield
            sys.stdout.flush()
        except Exception as error:
            code = _status_of(error)
            if code is None:
                raise
            if code == INTERRUPTED:
                stop(_interrupted(cast("InterruptedStudyError", error)), code)
            stop(str(error), code)
    except KeyboardInterrupt:
        stop("Interrupted; nothing more was saved. The same command goes on.", INTERRUPTED)
    except BrokenPipeError:
        raise  # whoever reads has read enough; Typer ends quietly
    except OSError as error:
        stop(f"{error.filename or 'standard output'}: {error.strerror or error}", FAILED)
    except MemoryError:
        stop("not enough memory; fewer workers, or a smaller world, need less", FAILED)


@contextmanager
def plain_values(option: str) -> Iterator[None]:
    """Turn a value that an option cannot have into a message."""
    try:
        yield
    except ValueError as error:
        stop(f"{option}: {error}")


def _interrupted(error: InterruptedStudyError) -> str:
    if error.kept:
        return (
            f"Interrupted; {error.done} of {error.total} cells are kept. The same command goes on "
            "from there."
        )
    return "Interrupted; nothing was saved. With --out, cells that are done would be kept."


@contextmanager
def shown_progress(quiet: bool) -> Iterator[Progress | None]:
    """Show a bar with the time left on a terminal, a line a minute elsewhere or uncoloured."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal or console.no_color:
        yield _Lines()
        return
    began = time.monotonic()
    columns = ("cells", MofNCompleteColumn(), BarColumn(), "{task.fields[rate]}",
               TimeRemainingColumn())  # fmt: skip
    with ExitStack() as shown:
        bar = Progress(*columns, console=console, transient=True)
        task = bar.add_task("cells", total=None, rate="")
        first: list[int] = []

        def move(done: int, total: int) -> None:
            first[:] = first or [done]
            rate = f"{(done - first[0]) / max(time.monotonic() - began, 1e-9):.1f} a second"
            bar.update(task, completed=done, total=total, rate=rate)
            if not bar.live.is_started and time.monotonic() - began >= BAR_AFTER_SECONDS:
                shown.enter_context(bar)

        yield move


class _Lines:
    """A plain line a minute: cells done, left, per second, time left."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = done
        if now - self._last < LINE_EVERY_SECONDS:
            return
        self._last = now
        rate = (done - self._first) / (now - self._began)
        left = f"; some {(total - done) / rate / 60:.0f} minutes left" if rate > 0 else ""
        say(f"{done} of {total} cells, {rate:.1f} a second{left}")
