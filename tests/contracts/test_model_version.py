"""Cells of one model version are the same for ever: whoever changes them raises the version.

The hashes here are no golden results, which nobody derived; they only notice a change. Where one
differs, and the change of results is meant, raise ``MODEL_VERSION``, say so in ``CHANGELOG.md`` and
write the new hashes.
"""

import hashlib

import pytest

from sim.scenario.load import load
from sim.study.cells import MODEL_VERSION, Point
from sim.study.execute import Task, run_task
from sim.study.packing import unpack
from tests.cli.command import file

VERSION = "2"
KNOWN = {
    "none": "da9c7f388a4fe25b",
    "short": "89c1afe4705020f0",
    "halves": "34767a9f65a96730",
    "yearly": "8e15f1a17de68c63",
}


def content(point):
    """Hash the counts of two cells, in whatever form they are stored."""
    digest = hashlib.sha256()
    for cell in run_task(Task((point,), 11, (0, 1))):
        summary = unpack(cell.packed, "", 0, "")
        arrays = {
            "camp stock": summary.camp_stock, "exiled to": summary.exiled_to,
            **{f"series {k}": v for k, v in summary.series.items()},
            **{f"curve {k}": v for k, v in summary.curves.items()},
            **{f"waterfall {k}": v for k, v in summary.waterfalls.items()},
        }  # fmt: skip
        for name in sorted(arrays):
            counts = arrays[name].astype("<i8")
            digest.update(f"{name} {counts.shape}".encode() + counts.tobytes())
    return digest.hexdigest()[:16]


@pytest.mark.parametrize("name", ["none", "short", "halves", "yearly"])
def test_cells_change_only_with_the_model_version(name):
    assert MODEL_VERSION == VERSION, "write the hashes of the new version here"
    assert content(Point(name, load(file(name)))) == KNOWN[name]
