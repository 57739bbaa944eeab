"""Stocks that are not drawn from the steady state: files of prisoners, and decrees of the past."""

from __future__ import annotations

import atexit
import csv
import hashlib
import io
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.worlds import Chooser

FOLDER = Path(tempfile.mkdtemp(prefix="prisoners-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
YEAR = 365


def stock_of(some: Chooser, world: Mapping[str, Any]) -> dict[str, Any]:
    """A stock for a world: a file of some twenty persons with holes, or two yearly decrees."""
    if some.often(0.5):
        return {"snapshot": _file(some, world)}
    rest = {"source": "derived", "grade": "B", "every": "year"}
    cut = {"reduce": {"by": some.one(("6 months", "1/4 of remaining", "1/2 of term"))}}
    return {
        "seasoned": {
            "years": some.one((1, 2, 4)),
            "decrees": {
                "feast": rest
                | {
                    "dates": ["02-16"],
                    "clauses": {"all": {"when": {"served share": ">= 50%"}, "then": "release"}},
                    "cap": "1 per camp",
                },
                "day of the state": rest
                | {
                    "dates": ["09-09", "12-31"],
                    "clauses": {"all": {"when": {"served": ">= 30 days"}, "then": cut}},
                    "cap": "3 in all",
                    "counts": "both",
                },
            },
        }
    }


def _file(some: Chooser, world: Mapping[str, Any]) -> str:
    start = date.fromisoformat(world["start"])
    rows = [_row(some, world, start) for _ in range(some.one((0, 1, 20, 30)))]
    head = list(_row(some, world, start))
    kept = [name for name in head if some.often(0.8)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(kept)
    writer.writerows([[row[name] if some.often(0.7) else "" for name in kept] for row in rows])
    written = text.getvalue().encode()
    path = FOLDER / f"{hashlib.sha256(written).hexdigest()[:16]}.csv"
    path.write_bytes(written)
    return str(path)


def with_flags(some: Chooser, path: str, flags: Mapping[str, Any], start: str) -> str:
    """The same file with a column for some of a world's flags, with holes."""
    with Path(path).open(newline="") as file:
        head, *rows = list(csv.reader(file))
    for name, flag in flags.items():
        if not some.often(0.6):
            continue
        head.append(f"flag {name}")
        for row in rows:
            row.append(some.one((_value(some, flag, start), "")))
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    written = text.getvalue().encode()
    other = FOLDER / f"{hashlib.sha256(written).hexdigest()[:16]}.csv"
    other.write_bytes(written)
    return str(other)


def _value(some: Chooser, flag: Mapping[str, Any], start: str) -> str:
    kind = flag.get("kind") or ("category" if "shares" in flag else "boolean")
    if kind == "boolean":
        return str(some.one(("true", "false")))
    if kind == "category":
        return str(some.one(list(flag["shares"])))
    number = some.one((0, 3, 31, 400))
    if kind == "date":
        return (date.fromisoformat(start) - timedelta(days=number)).isoformat()
    return f"{number} days" if kind == "length" else str(number)


def _row(some: Chooser, world: Mapping[str, Any], start: date) -> dict[str, str]:
    random = some.random
    years = random.randint(1, 5)
    served = random.randint(1, years * YEAR - 200)
    admitted = start - timedelta(days=served)
    offended = admitted - timedelta(days=random.choice((0, 10, 200, 900)))
    life = world["deaths"]["in custody"]["value"] > 0 and random.random() < 0.1
    endless = "life" if life else None
    if "executions" in world and random.random() < 0.15:
        endless = "death"
    pardoned = random.choice((0, 0, 100))
    return {
        "id": f"p{random.getrandbits(60)}",
        "sex": random.choice(("men", "women")),
        "born": (offended - timedelta(days=random.randint(15 * YEAR, 60 * YEAR))).isoformat(),
        "origin": random.choice(list(world["origins"])),
        "residence": random.choice(list(world["origins"])),
        "offence": random.choice(list(world["offences"])),
        "gravity": random.choice(("petty", "ordinary")),
        "offence date": offended.isoformat(),
        "sentence": endless or f"{years * YEAR} days",
        "admitted": admitted.isoformat(),
        "camp": random.choice(list(world["camps"])),
        "health": random.choice(list(world["health"]["states"])),
        "reduced by pardon": f"{pardoned} days",
        "reductions": str(2 if pardoned else random.choice((0, 1))),
        "reduced by merit": random.choice(("0 days", "30 days")),
    }
