"""What the kernel does with hazards and with rows of a register is what NumPy does."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.custody import liberty
from sim.custody.columns import EXTINGUISHED
from sim.custody.comparing import in_order
from sim.custody.counting import crossed, pairs
from sim.custody.decrees.groups import Groups
from sim.custody.decrees.headcount import HeadCount
from sim.custody.ends import BY_DECREE, DEATH, NO_OCCASION
from sim.custody.flows import CAUSES, KINDS, Movements
from sim.custody.hazards import NEVER, StepHazard
from sim.custody.liberty import Leavers
from sim.custody.persons import next_spell
from sim.custody.prisons import prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.sequels import _put
from sim.custody.spells import CLOSED
from sim.custody.streams import Draws
from tests.custody.test_kernel import SHAPES, SIZE, laid, numpys, same
from tests.theory.worlds import busy_world, graded, scenario, shipped

pytestmark = pytest.mark.usefixtures("calls")
SEED = st.integers(0, 2**32)
WHOLE = st.sampled_from([np.int8, np.int16, np.int32, np.int64])
RATE = st.integers(0, 10**10) | st.just(0) | st.integers(1, 3)


@settings(max_examples=80, deadline=None)
@given(
    seed=SEED, n=SIZE, shape=SHAPES,
    steps=st.lists(st.integers(1, 4000), max_size=6, unique=True),
    rates=st.lists(st.lists(RATE, min_size=7, max_size=7), min_size=1, max_size=3),
)  # fmt: skip
def test_hazards_with_steps(seed, n, shape, steps, rates):
    random, edges = np.random.default_rng(seed), [0, *sorted(steps)]
    hazard = StepHazard.of(edges, [row[: len(edges)] for row in rates])
    kind = laid(random.integers(0, len(rates), n), shape)
    reading = random.integers(-50, 6000, n)
    reading = np.where(random.random(n) < 0.3, random.choice([*edges, 5], n), reading)
    used = same(lambda: hazard.used(kind, laid(reading, shape)))
    # On the day, a unit before and after, and beyond.
    more = random.integers(0, 4000, n)
    tolerance = hazard.used(kind, np.maximum(reading, 0) + more) - used
    tolerance += random.choice([-1, 0, 1, 10**14], n)
    same(lambda: hazard.days_until(laid(tolerance, shape), kind, np.maximum(reading, 0)))


def test_kinds_that_a_hazard_does_not_know_are_refused():
    hazard, days = StepHazard.of([0], [[5]]), np.arange(3)
    for kind in (1, 7):
        with pytest.raises(IndexError):
            hazard.used(np.full(3, kind), days)
        with pytest.raises(IndexError):
            hazard.days_until(days, np.full(3, kind), days)


@pytest.fixture(scope="module", params=["busy", "without returns", "by camp", "dprk"])
def world(request):
    if request.param == "dprk":
        return prisons(shipped("dprk", 800))
    if request.param == "by camp":
        made = busy_world()
        made["offences"]["theft"]["by camp"] = {next(iter(made["camps"])): graded("60%")}
        return prisons(scenario(made))
    changes = {"returns": None} if request.param == "without returns" else {}
    return prisons(scenario(busy_world(**changes)))


@pytest.mark.parametrize("n", [0, 1, 513, 3000])
@pytest.mark.parametrize("longest", [50, 10**6])
def test_fates_of_those_outside(world, n, longest):
    random, kinds = np.random.default_rng(n), world.steady.liberty.rates.shape[0]
    left = random.integers(0, world.days, n + 9)
    leavers = Leavers(
        left.astype(np.int32), random.integers(0, kinds, n + 9).astype(np.int8),
        (left - random.integers(5000, 30_000, n + 9)).astype(np.int32),
        random.integers(-1, longest, n + 9) * 10**8, random.integers(0, 10**7, n + 9),
        (left - random.integers(0, 900, n + 9)).astype(np.int32),
        random.integers(0, 2**42, n + 9), random.integers(0, 3, n + 9).astype(np.int16),
        random.integers(0, 2, n + 9).astype(np.uint64),
    )  # fmt: skip
    rows = random.permutation(n + 9)[:n]
    releases = 1 if world.steady.returning is None else len(world.steady.returning.rates)
    how = random.integers(0, releases, n)
    found, expected = (
        way(lambda: liberty.fates(world, Draws(1, 2), leavers, rows, how))
        for way in (lambda work: work(), numpys)
    )
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one, other)
    if n > 1000 and world.steady.returning is not None:
        assert len(found.back) or longest == 50
        assert len(found.dead) or longest != 50


def test_past_releases_that_come_back(world):
    for n in (0, 1, 700):
        found = liberty.past_fates(world, Draws(3, 4), n)
        expected = numpys(lambda n=n: liberty.past_fates(world, Draws(3, 4), n))
        for one, other in zip(found, expected, strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)


class Rows(SimpleNamespace):
    """Columns of a register, as many rows as there are days of leaving."""

    def __len__(self):
        return len(self.left)


def register(seed, n):
    """Rows of which some are held, in columns of the register's types."""
    random = np.random.default_rng(seed)
    admitted = np.sort(random.integers(-300, 300, n)).astype(np.int32)
    key = random.choice([-5, 0, 1, 3, 395, 396, 397, 800, CLOSED], n).astype(np.int32)
    return SimpleNamespace(
        admitted=admitted, key=key,
        left=np.where(random.random(n) < 0.6, NEVER, admitted + 9).astype(np.int32).clip(0),
        occasion=random.choice([NO_OCCASION, 0, 4], n).astype(np.int16),
        cause=random.choice([-1, 0, 1, 2, 5], n).astype(np.int16),
        imposed=random.choice([400, LIFE - 1, LIFE], n).astype(np.int32),
        camp=random.integers(0, 3, n).astype(np.int16),
        kind=random.integers(0, KINDS, n).astype(np.int8),
        person=random.integers(0, 2**41, n), spell=np.ones(n, dtype=np.int16),
        line=random.integers(0, 2, n).astype(np.uint64),
    )  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 513, 3000])
def test_next_spells(world, n):
    random, origins = np.random.default_rng(n), len(world.steady.origin_all)
    person, spell = np.sort(random.integers(0, 2**42, n)), random.integers(1, 6, n)
    line = np.where(random.random(n) < 0.1, 2**63 + 5, 0).astype(np.uint64)
    kept = {name: random.integers(0, origins, n) for name in ("origin", "residence")}
    kept |= {"born": -random.integers(5000, 30_000, n), "exiled": np.zeros(n, dtype=np.bool_)}
    kept["tolerance"] = random.integers(1, 10**13, n)

    def drawn(person=person, spell=spell):
        return next_spell(world, Draws(1, 2), person, spell, line, spell * 100, kept)

    found, expected = drawn(), numpys(drawn)
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        assert np.array_equal(found[name], column), name
    if n:
        for wrong in ({"person": person - 2**42}, {"spell": -spell}):
            with pytest.raises(ValueError, match=r"must (not be negative|be from 0)"):
                drawn(**wrong)
        kept["origin"] = np.full(n, 10_000)
        if world.camp.constant is None:
            with pytest.raises(ValueError, match="segment must be from 0"):
                drawn()


@pytest.mark.parametrize("n", [0, 1, 513, 5000])
def test_spells_that_end(n):
    keys = np.random.default_rng(n).integers(-9, 4000, n + 7).astype(np.int32)

    def ended(rows, **changes):
        spells = register(n, n + 7)
        vars(spells).update(key=keys.copy(), **changes)
        found = Register._end(spells, rows)
        for one in found[1:3]:
            assert one.dtype == np.int64
        return [len(found.alive), found.size, found.first, *found.alive, *found.freed,
                *spells.key, *spells.left, *spells.cause]  # fmt: skip

    rows = np.random.default_rng(n).permutation(n + 7)[:n]
    same(lambda: ended(rows))
    same(lambda: ended(rows, left=np.zeros(n + 7, dtype=np.int64)))
    same(lambda: ended(rows[keys[rows] & 3 == DEATH]))
    with pytest.raises(IndexError):
        ended(np.append(rows, n + 7))


@settings(max_examples=60, deadline=None)
@given(seed=SEED, n=SIZE, shapes=st.tuples(SHAPES, SHAPES, SHAPES), share=st.floats(0, 1),
       types=st.tuples(WHOLE, WHOLE))  # fmt: skip
def test_values_put_where_a_mask_says_so(seed, n, shapes, share, types):
    random = np.random.default_rng(seed)
    column, values = (random.integers(-128, 128, n).astype(one) for one in types)
    where = random.random(n) < share
    expected = np.where(where, values, column)

    def put():
        into = laid(column.copy(), "strided" if shapes[0] == "read-only" else shapes[0])
        if into.flags.writeable:  # else NumPy refuses
            _put(into, laid(values, shapes[1]), laid(where, shapes[2]))
            assert np.array_equal(into, expected)
        return into.copy()

    if np.can_cast(types[1], types[0]):
        same(put)


@pytest.mark.parametrize("n", [0, 1, 513, 5000])
def test_movements(n):
    rows = Rows(**vars(register(n, n)))
    for days in (1, 200, 1000):
        found = Movements.of(rows, days, 3)
        expected = numpys(lambda days=days: Movements.of(rows, days, 3))
        for name in ("came", "went", "served", "leavings"):
            mine, others = getattr(found, name), getattr(expected, name)
            assert mine.dtype == others.dtype
            assert np.array_equal(mine, others), name
        assert np.array_equal(found.stock_by_camp(), expected.stock_by_camp())
    unbegun = (rows.kind == EXTINGUISHED) & (rows.left < 1000)
    assert found.went[CAUSES - 1].sum() == unbegun.sum()
    by_decree = (rows.cause >= BY_DECREE) & ~(rows.kind == EXTINGUISHED) & (rows.left < 1000)
    assert found.went[BY_DECREE].sum() == by_decree.sum()


@pytest.mark.parametrize("n", [0, 1, 513, 5000])
def test_kinds_of_people(n):
    random, world = np.random.default_rng(n), prisons(shipped("dprk", 800))
    groups, rows = Groups(world), random.permutation(n + 7)[:n]
    columns = SimpleNamespace(
        offence=random.integers(0, 9, n + 7).astype(np.int8),
        origin=random.integers(0, 10, n + 7).astype(np.int8),
        health=np.broadcast_to(np.int8(1), (n + 7,)),
        lasting=lambda name, rows, find: find(rows),
        varying=None,
    )
    same(lambda: groups.kinds(columns, rows, 0))
    for beyond in (-1, n + 7):
        with pytest.raises(IndexError):
            groups.kinds(columns, np.append(rows, beyond), 0)


@pytest.mark.parametrize("n", [1, 513, 5000])
@pytest.mark.parametrize("days", [(4,), (4, 4, 30, 31, 200)])
def test_who_is_held_at_the_lists(n, days):
    random, groups = np.random.default_rng(n), Groups(prisons(shipped("dprk", 800)))
    admitted = random.choice([-40, 3, 4, 5, 31, 190, 205, NEVER], n).astype(np.int32)
    left = np.where(admitted < NEVER, admitted + random.choice([0, 1, 26, 900], n), NEVER)
    left = np.where(random.random(n) < 0.2, NEVER, left).astype(np.int32)
    rows = Rows(
        admitted=admitted, left=left, cause=random.integers(-1, 4, n).astype(np.int16),
        offence=random.integers(0, 9, n).astype(np.int8),
        origin=random.integers(0, 10, n).astype(np.int8),
        health=np.broadcast_to(np.int8(1), (n,)), varying=None,
        lasting=lambda name, rows, find: find(rows),
    )  # fmt: skip
    count = HeadCount(SimpleNamespace(groups=groups), {})
    count.closed = [SimpleNamespace(occasion=SimpleNamespace(close_day=day)) for day in days]
    count.bound = [(random.integers(0, len(days) + 1), np.arange(n)[random.random(n) < 0.3])]
    there = same(lambda: count._there(rows, []))
    selected = np.full(n, len(days))
    selected[count.bound[0][1]] = count.bound[0][0]
    for number, day in enumerate(days):
        last = left + (rows.cause >= BY_DECREE)
        held = (admitted <= day) & (last > day) & (selected > number)
        kinds = groups.kinds(rows, np.flatnonzero(held), day)
        expected = np.bincount(kinds, minlength=groups.members.shape[1])
        assert np.array_equal(there[0, number], expected)


@pytest.mark.parametrize("n", [0, 1, 513, 5000])
def test_counts_under_masks(n):
    random = np.random.default_rng(n)
    groups = Groups(prisons(scenario(busy_world())))
    kinds = random.integers(0, groups.members.shape[1], n)
    part = random.integers(0, 3, n)
    masks = [random.random(n) < share for share in (0, 0.1, 1)]
    masks.append(np.broadcast_to(np.True_, (n,)))
    same(lambda: groups.counts(kinds, masks, part, 3))


@settings(max_examples=60, deadline=None)
@given(seed=SEED, n=SIZE, shape=SHAPES, kinds=st.lists(WHOLE, min_size=1, max_size=4))
def test_counts_of_combinations(seed, n, shape, kinds):
    random = np.random.default_rng(seed)
    sizes = [*random.integers(1, 9, len(kinds)).tolist(), 2]
    columns = [laid(random.integers(0, size, n).astype(kind), shape)
               for size, kind in zip(sizes, [*kinds, np.bool_], strict=True)]  # fmt: skip
    found = same(lambda: crossed(columns, sizes))
    expected = np.zeros(sizes, dtype=np.int64)
    np.add.at(expected, tuple(column.astype(int) for column in columns), 1)
    assert np.array_equal(found, expected)
    for wrong in (-1, sizes[0]):
        if n:
            beyond = np.append(columns[0][1:], columns[0].dtype.type(wrong))
            with pytest.raises(ValueError, match="invalid entry"):
                crossed([beyond, *columns[1:]], sizes)


@settings(max_examples=60, deadline=None)
@given(seed=SEED, n=SIZE, shapes=st.tuples(SHAPES, SHAPES), firsts=st.sampled_from([1, 5, 9000]),
       width=st.sampled_from([1, 63, 64, 65, 5000, 1 << 20, 1 << 22]))  # fmt: skip
def test_counts_of_equal_pairs(seed, n, shapes, firsts, width):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, firsts, n), random.integers(0, width, n)
    second = np.where(random.random(n) < 0.1, width - 1, second)
    one, other = laid(first, shapes[0]), laid(second, shapes[1])
    found = same(lambda: pairs(one, other))
    expected, persons = np.unique(np.stack((first, second)), axis=1, return_counts=True)
    assert np.array_equal(found, np.column_stack((expected.T, persons)))


@settings(max_examples=80, deadline=None)
@given(seed=SEED, n=SIZE | st.just(20_000), shapes=st.tuples(SHAPES, SHAPES),
       widest=st.sampled_from([1, 3, 300, 2**40, 2**63]), camps=st.integers(1, 12),
       types=st.tuples(WHOLE, WHOLE | st.sampled_from([np.float64, np.uint64])))  # fmt: skip
def test_order(seed, n, shapes, widest, camps, types):
    random = np.random.default_rng(seed)
    key = random.integers(-widest, widest, n, dtype=np.int64).astype(types[1])
    if random.random() < 0.3:
        key = np.where(random.random(n) < 0.5, np.iinfo(np.int64).max, key)
    groups = random.integers(0, camps, n).astype(types[0])
    keys = [laid(groups, shapes[0]), laid(key, shapes[1])]
    assert np.array_equal(same(lambda: in_order(keys)), np.lexsort(keys[::-1]))
