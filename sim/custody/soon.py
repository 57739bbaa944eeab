"""Which rows of a column come before a limit, asked again and again with limits that grow.

To look through all rows takes longer than all else that happens on most days. So those are kept
that come before a limit some time ahead, and of the others nothing is asked until then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
AHEAD = 8
"""So many times as far as from one question to the next are rows looked up ahead."""
FEW = 16
"""Only if they are at most one of so many: to look through all is quicker than to pick many."""


class Soon:
    """Rows whose numbers lie below a limit some time ahead.

    Parameters
    ----------
    once
        Whether rows that are returned are over, and are not asked about again.
    """

    def __init__(self, *, once: bool = False) -> None:
        self.once = once
        self.until: int | None = None
        """All rows with a number below it are kept; None if nothing was asked yet."""
        self.asked = 0
        self.kept = np.zeros(0, dtype=np.bool_)
        """Which rows are kept; of those that are added later it may say nothing."""
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self.more: list[Rows] = []
        """Rows kept since these were looked up, which are in order but for them."""
        self.mixed = False

    def below(self, column: NDArray[np.integer], limit: int) -> Rows:
        """Return the rows of a column whose numbers lie below a limit, in order."""
        if self.until is None or limit > self.until:
            found = self._looked_up(column, limit)
            if found is not None:
                return found
        elif self.more:
            self.rows, self.more, self.mixed = np.concatenate((self.rows, *self.more)), [], True
        self.asked = limit
        found = self.rows.compress(column[self.rows] < limit)
        if self.mixed:
            found.sort(kind="stable")  # which joins runs that are in order
        return found

    def _looked_up(self, column: NDArray[np.integer], limit: int) -> Rows | None:
        """Look up the rows below a limit ahead; if these are many, return those below the limit."""
        ahead = limit if self.until is None else limit + AHEAD * (limit - self.asked)
        self.more, self.mixed = [], False
        self.until, self.kept = ahead, column < ahead
        if FEW * np.count_nonzero(self.kept) <= len(column):
            self.rows = self.kept.nonzero()[0]
            return None
        self.until, self.asked, self.kept = limit, limit, column < limit
        found = self.kept.nonzero()[0]
        self.rows = found[:0] if self.once else found
        return found

    def changed(self, numbers: NDArray[np.integer], rows: Rows | slice, size: int) -> None:
        """Look again at rows of a column of a size, each named once, whose numbers are others now.

        Parameters
        ----------
        numbers
            What stands in these rows, shape (n,).
        """
        if self.until is None:
            return
        low = (numbers < self.until).nonzero()[0]
        if not len(low):
            return
        low = low + rows.indices(size)[0] if isinstance(rows, slice) else rows[low]
        if len(self.kept) < size:
            more = np.zeros(size + size // 4 - len(self.kept), dtype=np.bool_)
            self.kept = np.concatenate((self.kept, more))
        new = low[~self.kept[low]]
        if len(new):
            self.kept[new] = True
            self.more.append(new)
