"""The lives of a replication's people without a decree, and what further scenarios take of them."""

import numpy as np
import pytest

from sim.custody.columns import DTYPES
from sim.custody.decrees.review import _first_of
from sim.custody.ends import TO_COME
from sim.custody.hazards import NEVER
from sim.custody.lives import NOBODY, UNKNOWN, Lives
from sim.custody.model import simulate
from sim.custody.people import BLOCK, people_at_hand
from sim.custody.register import Register
from sim.custody.sequels import Sequels
from sim.custody.spells import CLOSED
from sim.custody.streams import Draws
from sim.study.execute import solved
from tests.contracts.events import same_persons
from tests.oracle.compare import same_records
from tests.theory.worlds import busy_world, customary, decree, scenario

pytestmark = pytest.mark.usefixtures("either_way")
WORLD = busy_world()
NONE, PARDON, FEASTS = (scenario(WORLD, laws) for laws in ({}, {"p": decree()}, {"c": customary()}))


def run(*scenarios, seed=4):
    draws = Draws(seed, 1)
    people = people_at_hand(solved(NONE), draws)
    return draws, people, [simulate(one, solved(one), draws, people=people) for one in scenarios]


def test_lives_are_those_of_the_scenario_without_a_decree():
    draws, people, (cell,) = run(NONE)
    lives, r, n = draws.shelf.lives, cell.register, len(people["person"])
    assert lives.size == len(r) > n
    alive = (r.cause == 1) & (r.left < NONE.world.days)
    assert np.array_equal(lives.left[: lives.size] < NEVER, alive)
    assert np.array_equal(lives.left[: lives.size][alive], r.left[alive])
    assert np.array_equal(lives.died[: lives.size], r.died_free)
    before, after = (np.concatenate(side) for side in zip(*r.followed, strict=True))
    follows = np.full(len(r), NOBODY)
    follows[before] = after
    assert np.array_equal(lives.following[: lives.size], follows)


def test_a_scenario_like_the_first_finds_nothing_out(monkeypatch):
    draws, people, (first,) = run(NONE)
    size = draws.shelf.lives.size
    monkeypatch.setattr("sim.custody.release.fates", None)
    monkeypatch.setattr("sim.custody.release.next_spell", None)
    again = simulate(NONE, solved(NONE), draws, people=people)
    assert draws.shelf.lives.size == size
    assert len(again.register) == len(first.register)
    for name in DTYPES:
        assert np.array_equal(getattr(again.register, name), getattr(first.register, name)), name


@pytest.mark.parametrize("first", [PARDON, FEASTS])
def test_lives_are_learnt_from_those_whom_decrees_leave_alone(first):
    draws, people, _ = run(first)
    learnt = draws.shelf.lives
    whole = run(NONE)[0].shelf.lives
    n = len(people["person"])
    known = np.flatnonzero(learnt.left[:n] < NEVER)
    assert 0 < len(known) < (whole.left[:n] < NEVER).sum()
    # Of cuts that left the day as it was, or of whom it is not told, nothing wrong is kept.
    same = learnt.left[known] == whole.left[known]
    assert same.mean() > 0.9
    assert np.array_equal(learnt.died[known][same], whole.died[known][same])
    back = (learnt.following[known] != NOBODY)[same]
    assert np.array_equal(back, (whole.following[known] != NOBODY)[same])


def test_merit_is_given_to_no_sentence_without_a_term_whatever_is_known():
    """A commutation lets somebody be asked whose sentence has no term in another scenario."""
    effect = {"commute": {"from": "life", "to": "20 years"}}
    to_terms = decree(
        clauses={"those": {"when": {"served": ">= 1 day"}, "then": effect}},
        exclude={}, cap="none", review={}, drive=None,
    )  # fmt: skip
    for key in ("release", "places", "take-up"):
        to_terms.pop(key, None)
    commuted = scenario(WORLD, {"p": to_terms})
    draws, _, (first, further) = run(commuted, NONE)
    asked = first.register.commuted
    assert (first.register.merit_count[asked] > 0).any()
    assert not further.register.merit_count[asked].any()
    lives = draws.shelf.lives
    asked = asked[asked < lives.first_rows]
    assert any((known[asked] == 1).any() for known in lives.merit.values())


def passes(monkeypatch):
    """Note for each scenario how many of its spells have passed, and how many were left open."""
    seen = []

    def noted(self, register, *days):
        found = own(self, register, *days)
        open_ = None if self.open is None else len(self.open)
        seen.append((sum(day < NEVER for day in days), int(self.settled.sum()), open_))
        return found

    own = Sequels.pass_by
    monkeypatch.setattr(Sequels, "pass_by", noted)
    return seen


def test_what_no_decree_meets_passes_before_it_and_the_rest_after_it(monkeypatch):
    seen = passes(monkeypatch)
    first, _, pardon = run(NONE, NONE, PARDON)[2]
    alone = run(PARDON)[2][0]
    none, whole, before, after, nobody, _ = seen
    assert [one[0] for one in seen] == [0, 0, 2, 0, 2, 0]
    assert none == (0, 0, None)
    assert nobody == (2, 0, None)
    size = len(first.register)
    assert whole == (0, size, 0)
    assert 0 < before[1] < after[1] < size
    assert after[2] + after[1] < len(pardon.register)
    same_records(alone.record, pardon.record)
    same_persons(alone, pardon, PARDON.world.days)


def test_how_spells_end_is_kept_for_the_next_scenario():
    draws, people, (first, _) = run(PARDON, NONE)
    lives, n = draws.shelf.lives, len(people["person"])
    whole = run(NONE)[2][0].register
    kept = lives.ended["left"][:n] != UNKNOWN
    r = first.register
    changed = (r.occasion != -1) | (r.pardon_days > 0)
    assert not kept[changed[:n]].any()
    assert 0 < changed[:n].sum() < (~kept).sum() + 1 < n
    for name, column in lives.ended.items():
        assert np.array_equal(column[:n][kept], getattr(whole, name)[:n][kept]), name


@pytest.mark.parametrize("how", ["day by day", "told", "newcomers are looked at"])
def test_nobody_passes_where_everybody_is_to_be_met(monkeypatch, how):
    seen = passes(monkeypatch)
    draws, people, _ = run(NONE)
    seen.clear()
    law = {"p": decree(cap="2% of stock")} if how == "newcomers are looked at" else {}
    other = scenario(WORLD, law)
    simulate(
        other, solved(other), draws, people=people,
        clock="day" if how == "day by day" else "production",
        trace=(lambda day, event: None) if how == "told" else None,
    )  # fmt: skip
    assert not seen


def test_other_people_have_other_lives():
    draws, people, _ = run(NONE)
    assert draws.shelf.lives.size > len(people["person"])
    others = {name: column.copy() for name, column in people.items()}
    simulate(NONE, solved(NONE), draws, people=others)
    lives = draws.shelf.lives
    draws.shelf.notes_of(people["person"])
    assert draws.shelf.lives is not lives
    assert draws.shelf.lives.size == len(people["person"])


def test_nobody_is_no_trouble():
    draws = Draws(1, 1)
    people = {name: column[:0] for name, column in people_at_hand(solved(NONE), draws).items()}
    for one in (NONE, FEASTS, NONE):
        cell = simulate(one, solved(one), draws, people=people)
        assert len(cell.register) == 0
        assert not cell.record.series["stock"].any()


def test_spells_to_come_are_not_there():
    draws, people, (first,) = run(NONE)
    lives, n = draws.shelf.lives, len(people["person"])
    whole = lives.everybody(people)
    assert lives.everybody(people) is whole
    register = Register(whole, to_come=lives.size - n)
    assert register.certain == n
    day = NONE.world.days - 1
    assert not (register.held(day) >= n).any()
    ended = sum(ended.size for ended in register.close(NEVER))
    assert ended == (register.key[:n] == CLOSED).sum() > 0
    assert (register.left[n:] == TO_COME).all()
    some = np.array([n, lives.size - 1])
    register.come(some)
    assert register.certain == n + 2
    assert np.array_equal(register.left[some], [NEVER, NEVER])
    ends = np.minimum(first.register.dies[some] * 4, whole["due"][some] * 4 + 1)
    assert np.array_equal(register.key[some], ends)
    register.finish()
    assert not (register.left == TO_COME).any()
    assert (register.admitted[n:] < NEVER).sum() == 2
    assert np.array_equal(whole["admitted"][n:], first.register.admitted[n:])  # shared, unchanged


def test_room_for_lives_grows():
    lives, names = Lives(2), ("person", "due")
    for start in range(0, 60, 3):
        numbers = lives.add({name: np.arange(start, start + 3) for name in names})
        assert numbers.tolist() == list(range(2 + start, 5 + start))
        assert (lives.following[numbers] == NOBODY).all()
        lives.left[numbers] = start
    people = {"person": np.array([-2, -1]), "due": np.array([-2, -1]), "stated": np.array([9, 9])}
    whole = lives.everybody(people)
    assert whole["due"].tolist() == [-2, -1, *range(60)]
    assert whole["stated"].tolist() == [9, 9]
    assert lives.left[2:62].tolist() == sorted([*range(0, 60, 3)] * 3)


def test_one_value_stands_for_all_until_somebody_differs():
    columns = {name: column[:50] for name, column in run()[1].items()}
    r = Register(columns)
    more = {name: column[:5] for name, column in columns.items()}
    for size in (55, 60):
        r.add(more)
        assert not any(r.credited.strides)
        assert len(r.credited) == len(r.person) == size
    r.own("credited")
    r.credited[3] = 7
    r.add(more)
    r.own("credited")
    r.credited[64] = 8
    r.add({**more, "home": np.ones(5, dtype=np.bool_)})
    assert np.flatnonzero(r.credited).tolist() == [3, 64]
    assert np.flatnonzero(r.home).tolist() == [65, 66, 67, 68, 69]
    assert r.person.tolist() == [*columns["person"], *(4 * [*more["person"]])]
    assert len(columns["person"]) < BLOCK


def test_who_is_booked_under_which_clause():
    random = np.random.default_rng(3)
    for clauses in (1, 2, 5):
        n = 400
        favour = random.integers(0, 4, (clauses, n))
        stages = [np.ones((clauses, n), dtype=np.bool_)]
        for _ in range(4):
            stages.append(stages[-1] & (random.random((clauses, n)) < 0.6))
        found = _first_of(favour, *stages[1:])
        for i in range(n):
            depth = [sum(bool(stage[k, i]) for stage in stages) for k in range(clauses)]
            order = sorted(range(clauses), key=lambda k, i=i, d=depth: (-d[k], favour[k, i], k))
            assert found[i] == order[0]
