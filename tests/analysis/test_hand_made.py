"""A register of a few spells, written down by hand, and what is counted of it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.ends import BY_DEATH, BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.record import record
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from tests.theory.worlds import graded, health, offence, scenario, solved, world

DAYS = 730
MADE = scenario(
    world(
        start="2001-01-15",
        end="2003-01-15",
        held=graded(10, "persons"),
        health={"states": {"well": health("60%", 1), "ill": health("40%", 3, 2)}},
        offences={"theft": offence("60%", "14 months", most="4 years"),
                  "violence": offence("40%", "30 months", tags=("violent",))},
    )
)  # fmt: skip


def spell(person, admitted, due, left=NEVER, cause=-1, **rest):
    """One row; `due` None is life."""
    life = due is None
    found = {
        "person": person, "line": 0, "spell": 0, "kind": 0, "born": admitted - 9000, "origin": 0,
        "residence": 0, "exiled": False, "offence": 0, "health": 0, "camp": 0,
        "admitted": admitted, "base": admitted, "tolerance": 10**12, "rate": 0, "merit_count": 0,
        "merit_days": 0, "imposed": LIFE if life else due - admitted, "due": NEVER if life else due,
        "left": left, "cause": cause, "dies": NEVER,
    }  # fmt: skip
    return found | rest


def counted(*rows):
    """Count a register of these rows; a column that no row names is blank."""
    names = {name for row in rows for name in row}
    blank = {"freed_by": -1, "died_free": NEVER, "pardon_days": 0}
    columns = {name: np.array([row.get(name, blank.get(name)) for row in rows]) for name in names}
    register = Register(columns)
    places = {(r["person"], r["line"], r["spell"]): i for i, r in enumerate(rows)}
    pairs = [(places[who, line, n - 1], i) for (who, line, n), i in places.items()
             if (who, line, n - 1) in places]  # fmt: skip
    if pairs:
        register.followed.append(tuple(np.array(side) for side in zip(*pairs, strict=True)))
    return record(solved(MADE), register, {}, {})


def on(series):
    """The days on which something was counted, and how much."""
    return {int(day): int(series[day]) for day in np.flatnonzero(series)}


def runs(series):
    """First day, last day and height of a series that is constant between."""
    days = np.flatnonzero(series)
    assert len(set(series[days].tolist())) == 1
    assert len(days) == days[-1] - days[0] + 1
    return int(days[0]), int(days[-1]), int(series[days[0]])


def freed(person, left=100, due=200, **rest):
    return spell(person, 0, due, left, BY_DECREE, **rest)


def back(person, admitted, **rest):
    return spell(person, admitted, admitted + 400, spell=1, kind=1, freed_by=0, **rest)


# --- Remitted time.


def test_who_is_freed_would_still_be_held_until_the_day_before_he_is_due():
    found = counted(freed(1)).series
    assert runs(found["freed who would still be held"]) == (100, 199, 1)
    assert found["freed who would still be held"].sum() == found["days averted"].sum() == 100


def test_or_until_the_day_before_he_would_have_died():
    found = counted(freed(1, dies=150)).series
    assert runs(found["freed who would still be held"]) == (100, 149, 1)


def test_or_until_the_horizon():
    for due in (None, 9999):
        found = counted(freed(1, due=due)).series
        assert runs(found["freed who would still be held"]) == (100, DAYS - 1, 1)


@pytest.mark.parametrize(("day", "remitted"), [(101, 1), (199, 1), (200, 0), (201, 0)])
def test_a_return_lies_in_remitted_time_before_the_day_due(day, remitted):
    found = counted(freed(1), back(1, day)).series
    assert found["returns in remitted time"].sum() == remitted
    assert on(found["returns of the freed"]) == {day: 1}
    assert not remitted or found["returns in remitted time"][day] == 1


def test_who_would_have_died_before_he_returned_would_not_still_be_held():
    found = counted(freed(1, dies=150), back(1, 150)).series
    assert not found["returns in remitted time"].any()


def test_a_return_after_expiry_lies_in_no_remitted_time():
    returned = spell(1, 120, 500, spell=1, kind=1)
    found = counted(spell(1, 0, 100, 100, BY_EXPIRY), returned).series
    assert not found["returns in remitted time"].any()


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ({"left": 100, "cause": BY_EXPIRY}, (100, 129, 1)),  # thirty days cut, all of them averted
        ({"left": 100, "cause": BY_EXPIRY, "dies": 110}, (100, 109, 1)),
        ({"left": 60, "cause": BY_DECREE}, (100, 129, 1)),  # freed before: from there the cut
        ({"left": 60, "cause": BY_DEATH, "dies": 60}, None),
    ],
)
def test_a_cut_keeps_out_of_prison_from_the_new_to_the_old_day_due(rest, expected):
    found = counted(spell(1, 0, 100, pardon_days=30, **rest)).series[
        "terms cut that would still run"
    ]
    assert (runs(found) if found.any() else None) == expected


# --- Depth, and time served.


def test_depth_of_three_releases():
    """Half of 200 days; 100 of 465, a year left; for life, for violence and ill."""
    found = counted(
        freed(1), freed(2, due=465), freed(3, due=464), freed(4, due=None, offence=1, health=1)
    )
    assert found.curves["served share of the freed"].tolist() == [[100, 215, 2], [100, 500, 1]]
    assert found.curves["days remitted to the freed"].tolist() == [
        [100, 100, 1], [100, 364, 1], [100, 365, 1],
    ]  # fmt: skip
    assert on(found.series["freed with under a year left"]) == {100: 2}
    assert on(found.series["freed in ill health"]) == {100: 1}
    assert on(found.series["freed for violent offences"]) == {100: 1}


def test_days_served_count_from_admission_by_cause():
    found = counted(
        spell(1, -50, 100, 100, BY_EXPIRY), spell(2, 90, 100, 100, BY_EXPIRY),
        spell(3, 10, 500, 40, BY_DEATH), freed(4), spell(5, 10, 9999),
    ).series  # fmt: skip
    assert on(found["days served until expiry"]) == {100: 160}
    assert on(found["days served until death"]) == {40: 30}
    assert on(found["days served until release by decree"]) == {100: 100}


# --- Follow-up. Months end 30, 61, 91 days after release and so on; the last day is 729.


def fates(found, kind, cohort):
    return [found.curves[f"{fate} after {kind}"][cohort].tolist()
            for fate in ("at risk", "returned", "died")]  # fmt: skip


def table(*counts):
    return [[*row, *[0] * (60 - len(row))] for row in counts]


def test_a_return_counts_in_the_month_since_release_in_which_it_falls():
    """Released on day 600, 7 September 2002, cohort 20; followed for 129 days, four months."""
    for day, month in ((601, 0), (630, 0), (631, 1), (661, 1), (662, 2)):
        found = counted(freed(1, left=600, due=700), back(1, day))
        at_risk, returned, died = [1] * (month + 1), [0] * month + [1], []
        assert fates(found, "decree", 20) == table(at_risk, returned, died), day
        assert not any(map(any, fates(found, "expiry", 20)))
        assert found.curves["at risk after decree"].shape == (25, 60)  # January 2001 to 2003


def test_only_whole_months_within_the_horizon_count():
    """Four months end 122 days after release: on day 729 for a release on day 607."""
    for left, months in ((607, 4), (608, 3), (699, 1), (700, 0), (729, 0)):
        found = counted(freed(1, left=left, due=9999))
        at_risk = found.curves["at risk after decree"].sum(axis=0).tolist()
        assert at_risk == [1] * months + [0] * (60 - months), left


def test_a_return_in_a_month_that_is_not_followed_through_does_not_count():
    found = counted(freed(1, left=699, due=9999), back(1, 729))
    assert fates(found, "decree", 23) == table([1], [1], [])
    found = counted(freed(1, left=700, due=9999), back(1, 729))
    assert fates(found, "decree", 23) == table([], [], [])


def test_deaths_compete_and_deaths_in_custody_are_no_releases():
    found = counted(
        spell(1, 0, 600, 600, BY_EXPIRY, died_free=640),
        spell(2, 0, 600, 600, BY_EXPIRY),
        spell(3, 0, 700, 600, BY_DEATH),
        spell(2, 700, 900, spell=1, kind=1),
    )
    assert fates(found, "expiry", 20) == table([2, 2, 1, 1], [0, 0, 0, 1], [0, 1])
    assert not found.curves["at risk after decree"].any()


def test_cohorts_are_calendar_months():
    """The world starts on 15 January 2001: day 16 is the 31st, day 17 the first of February."""
    found = counted(freed(1, left=16), freed(2, left=17))
    assert found.curves["at risk after decree"][:3, 0].tolist() == [1, 1, 0]


def test_a_second_spell_is_followed_like_a_first():
    """Freed on day 100, back on 110, out by expiry on 120, back again on 125."""
    found = counted(
        freed(1),
        spell(1, 110, 120, 120, BY_EXPIRY, spell=1, kind=1, freed_by=0),
        spell(1, 125, 9999, spell=2, kind=1),
    )
    assert found.curves["returned after decree"].sum(axis=0).tolist() == [1] + [0] * 59
    assert found.curves["returned after expiry"].sum(axis=0).tolist() == [1] + [0] * 59
    assert on(found.series["returns in remitted time"]) == {110: 1}


def test_persons_whom_drives_arrest_are_not_mixed_up_with_those_they_follow():
    """One id, three lines: each line is a person of its own."""
    found = counted(
        freed(1), freed(1, left=50, line=7), freed(1, left=60, line=9),
        back(1, 130, line=9), back(1, 150),
    )  # fmt: skip
    assert on(found.series["returns in remitted time"]) == {130: 1, 150: 1}
    returned = found.curves["returned after decree"]
    assert np.argwhere(returned).tolist() == [[2, 2], [3, 1]]  # 70 days after 60, 50 after 100
