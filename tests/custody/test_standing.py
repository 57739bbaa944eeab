"""What a standing decree counts of those whose spells become known after a check."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.custody.decrees.standing import Watch


@pytest.mark.parametrize(
    ("admitted", "ended", "counted"),
    [(9, 50, True), (10, 50, True), (11, 50, False), (5, 10, False), (5, 11, True)],
)
def test_who_is_known_late_was_held_on_the_check_before(admitted, ended, counted):
    """Who leaves on the day of a check does so before it, and who comes has come by then."""
    heads = []
    watch = SimpleNamespace(
        first=SimpleNamespace(check_days=[10, 20]), checked=10, held=0,
        turns=SimpleNamespace(first_day=np.zeros(1)), _reach=lambda _: None,
        seen=np.zeros(1, dtype=np.bool_),
        groups=SimpleNamespace(
            kinds=lambda _, rows, day: heads.append((rows.tolist(), day.tolist())) or rows,
            count=len,
        ),
    )  # fmt: skip
    register = SimpleNamespace(
        admitted=np.array([admitted]), until=lambda rows: np.full(len(rows), ended)
    )
    Watch.count_late(watch, register, np.array([0]))
    assert watch.held == counted
    assert watch.seen.tolist() == [counted]
    assert heads == [([0], [10]) if counted else ([], [])]
