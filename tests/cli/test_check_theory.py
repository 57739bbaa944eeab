"""`amnesty check-theory`: it holds, it can fail, and its bands are what they are said to be."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

import sim.custody.model as model
from sim.analysis import theory
from sim.analysis.theory import Check, check_theory
from sim.custody.decrees.court import Court
from sim.custody.ends import STAGES
from sim.custody.release import Gate
from tests.cli.command import amnesty

FEW = ("--replications", "2")


@pytest.fixture(scope="module")
def few():
    return amnesty("check-theory", *FEW, "--json")


def test_it_holds_and_says_so(few):
    assert few.exit_code == 0, few.stderr
    told = json.loads(few.stdout)
    assert (told["replications"], told["seed"]) == (2, 1)
    rows = told["checks"]
    assert len(rows) >= 20
    assert all(row["holds"] for row in rows)
    assert {row["subject"] for row in rows} == {
        "stock", "Little's law", "residual terms", "gap", "eighteen days early",
    }  # fmt: skip
    for row in rows:
        assert row["low"] is None or row["low"] <= row["simulated"] <= row["high"]
        if row["theory"] is not None:
            assert row["low"] <= row["theory"] <= row["high"]
    most = next(row["high"] for row in rows if "at 28,879 releases" in row["quantity"])
    assert int(most) == 28_879 * 18 // 337 == 1_542


def test_the_same_seed_gives_the_same_numbers(few):
    again = amnesty("check-theory", *FEW, "--json")
    assert again.stdout == few.stdout
    assert amnesty("check-theory", *FEW, "--seed", "2", "--json").stdout != few.stdout


def test_one_replication_is_wrong_usage():
    assert amnesty("check-theory", "--replications", "1").exit_code == 2
    with pytest.raises(ValueError, match="at least 2"):
        check_theory(1, 1)


def broken(result, *subjects):
    """The subjects that fail are told on both outputs."""
    assert result.exit_code == 3
    for subject in subjects:
        assert f"{subject}: " in result.stderr
    assert "does not hold" in result.stdout
    assert "checks do not hold" in " ".join(result.stdout.split())


def test_a_pardon_that_nobody_carries_out_is_noticed(monkeypatch):
    right = Court.grant

    def nobody(self, register, number, *on):
        self.dockets[number].selected[:] = False
        right(self, register, number, *on)

    monkeypatch.setattr(Court, "grant", nobody)
    result = amnesty("check-theory", *FEW)
    broken(result, "gap", "eighteen days early")
    assert "stock: " not in result.stderr
    assert "residual terms: " not in result.stderr


def test_releases_a_month_late_are_noticed(monkeypatch):
    right = Gate.advance

    def late(self, register, limit, **options):
        return right(self, register, limit - 30 * STAGES, **options)

    monkeypatch.setattr(Gate, "advance", late)
    broken(amnesty("check-theory", *FEW), "eighteen days early")


def test_wrong_terms_are_noticed(monkeypatch):
    right = model.people_at_hand

    def longer(prisons, draws):
        people = right(prisons, draws)
        return {**people, "due": people["due"] + 90 * (people["admitted"] >= 0)}

    monkeypatch.setattr(model, "people_at_hand", longer)
    result = amnesty("check-theory", *FEW)
    broken(result, "stock", "residual terms")


def test_ends_of_a_band_hold_and_beyond_do_not():
    def at(simulated):
        return Check("s", "q", "u", 1.0, simulated, 0.5, 1.5)

    assert at(0.5).holds
    assert at(1.5).holds
    assert not at(np.nextafter(1.5, 2)).holds
    assert not at(float("nan")).holds


@pytest.mark.parametrize("mean", [3.0, 80.0, 3000.0])
def test_bands_of_counts_are_missed_no_more_often_than_said(mean):
    n, level = 7, 0.02
    check = theory._poisson("s", "q", "u", mean, np.zeros(n, dtype=np.int64))(level)
    low, high = round(check.low * n), round(check.high * n)
    missed = stats.poisson.cdf(low - 1, n * mean) + stats.poisson.sf(high, n * mean)
    assert 0 < missed <= level + 1e-12
    tighter = stats.poisson.cdf(low, n * mean) + stats.poisson.sf(high - 1, n * mean)
    assert tighter > level


def test_bands_of_shares_variances_and_means_are_missed_as_often_as_said():
    level = 0.02
    share = theory._share("s", "q", 0.3, 30, 100)(level)
    low, high = round(share.low), round(share.high)
    missed = stats.binom.cdf(low - 1, 100, 0.3) + stats.binom.sf(high, 100, 0.3)
    assert 0 < missed <= level
    found = np.random.default_rng(1).poisson(3000, (20_000, 10))
    spread = theory._variance("s", "q", 3000, found[0])(level)
    squares = ((found - 3000) ** 2).mean(axis=1)
    misses = ((squares < spread.low) | (squares > spread.high)).sum()
    assert stats.binom.cdf(misses, 20_000, level) < 1 - 1e-6
    assert misses > 0
    pairs = np.random.default_rng(2).normal(0, 1, (5_000, 6))
    outside = sum(not theory._difference("s", "q", row, np.zeros(6))(level).holds for row in pairs)
    assert 1e-6 < stats.binom.cdf(outside, 5_000, level) < 1 - 1e-6


def test_all_bands_together_are_missed_as_rarely_as_said(monkeypatch):
    levels = []

    def judge(level):
        levels.append(level)
        return Check("s", "q", "u", 0.0, 0.0, -1.0, 1.0)

    for name, number in (("_stock", 7), ("_gap", 2)):
        monkeypatch.setattr(theory, name, lambda *_, number=number: [judge] * number)
    monkeypatch.setattr(theory, "_end_of_custody", lambda *_: ([judge], []))
    assert len(check_theory(2, 1)) == 10
    assert sum(levels) == pytest.approx(theory.FALSE_ALARM) == 1e-4


@pytest.mark.slow
def test_the_default_holds():
    result = amnesty("check-theory")
    assert result.exit_code == 0, result.stderr
    assert "checks hold." in result.stdout
