"""Results as data frames, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.compare import Comparison
from sim.paper import data

if TYPE_CHECKING:
    import pandas as pd


def frames(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of a comparison as data frames, by name.

    The names and columns are those of the CSV files that ``amnesty compare --out`` writes.
    """
    import pandas as pd

    tables = {
        "estimates": data.estimate_rows,
        "differences": data.difference_rows,
        "rebound": data.rebound_rows,
        "waterfall": data.waterfall_rows,
        "outcomes": data.outcome_rows,
        "assumptions": data.swing_rows,
        "cells": data.cell_rows,
        "stock": data.stock_rows,
    }
    return {name: pd.DataFrame(list(rows(comparison))) for name, rows in tables.items()}
