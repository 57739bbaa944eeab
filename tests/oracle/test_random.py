"""Random worlds under random decrees: the engine does what the oracle does, on every clock."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Collection, Sequence

import pytest
from hypothesis import HealthCheck, given, note, reject, settings
from hypothesis import strategies as st

from sim.custody.streams import Draws
from sim.scenario.law.predicate import (
    OF_A_STATUS,
    DateIs,
    OffenceIs,
    OneOf,
    Predicate,
    leaves,
)
from sim.scenario.problems import ScenarioError
from tests.oracle.compare import check
from tests.oracle.engine import Oracle
from tests.oracle.rules import file_of
from tests.oracle.worlds import FLAGS, Chooser, scenario_of

WORDS = st.binary(min_size=4, max_size=4)
"""Three of them: to mix the parts of one example, as the library does, makes a wholly new one."""
FLAG_WORDS = st.binary(min_size=FLAGS // 4, max_size=FLAGS // 4)
OF_HEALTH = (
    "fell ill", "grew worse again", "died of a new state", "fell ill on a day of leaving",
    "died at liberty in a new state", "selected where health is asked",
    "selected on a check once ill", "a time in a state of health",
)  # fmt: skip
"""What happens where health changes in custody."""
SEEN = (
    "died past the first band of age", "died of old age serving life",
    "release point moved", "days suspended", "days revived", "a turn waited for",
    "credited", "credited again", "sent home", "serving at home", "taken back from home",
    "acquittals", "awaiting trial", "appealing", "case ended", "remand", "a legal status",
    "final later under a reach", *OF_HEALTH,
    "barred", "eligible", "recommended", "approved", "selected", "granted", "released", "reduced",
    "exiled", "declined", "place passed on", "expired waiting", "died waiting",
    "moved while waiting", "still waiting", "unrecommended", "unapproved", "capped", "returned",
    "arrested in a drive", "merit", "died at liberty", "life", "labelled", "nobody",
    "freed of a fixed term", "freed of life", "freed with under a year left",
    "freed in ill health", "freed for violent offences", "beyond its reach", "extinguished",
    "days extinguished", "terms cut that would still run", "returns in remitted time",
    "advanced returns", "in a tranche", "late", "by surprise", "on an anniversary",
    "on a day by lot", "on a check", "not reached", "reached",
    "a table", "a flag", "a number of the offence", "another day",
    "a date", "cuts that count", "age reached in the year",
    "history of a returner", "an earlier pardon", "a sentence of parts", "some parts alone",
    "nothing left but a barred part", "sent abroad", "struck from the record",
    "returned with a clean record", "what earlier spells were like",
    "executions", "under sentence of death", "executed waiting", "from death to life",
    "from death to a term", "sentence of death asked for", "a flag of a file",
    *(f"{fate} after {kind}" for fate in ("at risk", "returned", "died")
      for kind in ("expiry", "decree")),
)  # fmt: skip
"""What must have happened somewhere, or the examples show too little."""


RARE = (
    "died past the first band of age", "died of old age serving life",
    "release point moved", "days suspended", "days revived", "a turn waited for",
    "credited", "credited again", "sent home", "serving at home", "taken back from home",
    "acquittals", "awaiting trial", "appealing", "case ended", "remand", "a legal status",
    "final later under a reach", *OF_HEALTH,
    "moved while waiting", "advanced returns", "place passed on", "exiled", "extinguished",
    "days extinguished", "still waiting", "died waiting", "arrested in a drive",
    "on an anniversary", "cuts that count", "in a tranche", "late", "by surprise",
    "on a day by lot", "age reached in the year", "another day", "a date", "a table", "declined",
    "not reached", "beyond its reach", "freed of life",
    "a number of the offence", "history of a returner", "an earlier pardon", "reached",
    "some parts alone", "nothing left but a barred part", "sent abroad", "struck from the record",
    "returned with a clean record", "what earlier spells were like",
    "executions", "under sentence of death", "executed waiting", "from death to life",
    "from death to a term", "sentence of death asked for", "a flag of a file",
)  # fmt: skip
"""What need not have happened among a hundred examples; two thousand must show all of it."""


def _examined(address: bytes, flags: int, seen: Counter[str]) -> None:
    some = Chooser(address, flags)
    draws = Draws(some.random.getrandbits(32), 0)
    try:
        file, world = file_of(some, draws)
    except ScenarioError:
        reject()  # a world that cannot be: a label nobody can bear, returns beyond admissions
    note(json.dumps(file, indent=1))
    # The day clock takes longest: every third example has it as well.
    stops = some.few(range(world.days), 0, 8)
    clocks = ("day", stops) if some.often(0.33) else (stops,)
    scenario = scenario_of(file)
    assert pickle.loads(pickle.dumps(scenario)) == scenario  # as workers in other processes get it
    oracle, cell = check(scenario, draws, clocks, world=world)
    series, curves = cell.record.series, cell.record.curves
    fixed = int(series["releases from fixed terms"].sum())
    seen["freed of a fixed term"] += fixed
    seen["freed of life"] += int(series["releases by decree"].sum()) - fixed
    back = int(series["returns in remitted time"].sum())
    seen["advanced returns"] += int(series["returns of the freed"].sum()) - back
    for name, counts in (*series.items(), *curves.items()):
        if name in SEEN:
            seen[name] += int(counts.sum())
    stages = Counter(stage for docket in oracle.dockets for stage, _, _ in docket.stages)
    seen.update(stages)
    _timing(oracle, seen)
    seen["a turn waited for"] += sum(one.put_off for one in oracle.waiting.values())
    seen["place passed on"] += sum(docket.passed_on for docket in oracle.dockets)
    seen["unrecommended"] += stages["eligible"] - stages["recommended"]
    seen["unapproved"] += stages["recommended"] - stages["approved"]
    seen["capped"] += stages["approved"] - stages["selected"]
    seen["nobody"] += not oracle.spells
    named = {docket.occasion.decree for docket in oracle.dockets if docket.selected}
    for name in named:
        decree = oracle.scenario.decrees[name]
        rules = [rule.when for rule in (*decree.clauses.values(), *decree.exclude.values())]
        seen.update(_asked(rules, oracle.scenario.world.flags))
    laws = repr(list(oracle.scenario.decrees.values()))
    if "ReleasedIs" in laws or "earlier spells" in laws:
        seen["history of a returner"] += sum(s.before is not None for s in oracle.spells)
    if "SpellsIs" in laws:
        seen["what earlier spells were like"] += sum(s.before is not None for s in oracle.spells)
    if "PardonsIs" in laws:
        seen["an earlier pardon"] += sum(s.freed_by is not None for s in oracle.spells)
    _before_judgment(oracle, stages, seen)
    for s in oracle.spells:
        seen["returned"] += s.spell > 0 and s.person < 2**40
        seen["arrested in a drive"] += s.line > 0
        seen["merit"] += s.merit_day is not None
        seen["died at liberty"] += s.died_free is not None
        seen["life"] += s.imposed is None
        if oracle.aged_from and s.cause == "death" and s.left - s.born > oracle.aged_from[1]:
            seen["died past the first band of age"] += 1
            seen["died of old age serving life"] += s.imposed is None
        seen["labelled"] += s.labelled
        seen[f"from death to {s.kind.replace('term', 'a term')}"] += s.spared_on is not None
        seen["credited again"] += len(s.credits) > 1
        seen["returned with a clean record"] += s.before is not None and s.before.struck
        seen["a sentence of parts"] += len(s.parts) > 1
    _falling_ill(oracle, seen)
    for docket in oracle.dockets:
        clauses = oracle.scenario.decrees[docket.occasion.decree].clauses
        for file in docket.selected:
            divided = clauses[file.clause].then.release and file.cut is not None
            seen["some parts alone"] += divided
            seen["nothing left but a barred part"] += divided and file.cut == 0


def _before_judgment(oracle: Oracle, stages: Counter[str], seen: Counter[str]) -> None:
    """Count whose remand is credited, and whose sentence is final only once a decree is out."""
    clauses = [c for d in oracle.scenario.decrees.values() for c in d.clauses.values()]
    if any(c.then.amounts and "remand" in c.then.amounts.wholes for c in clauses):
        seen["remand"] += stages["credited"] + stages["reduced"]
    for s in oracle.spells:
        late = s.waits_for is not None and s.waits_for.late
        seen["final later under a reach"] += late and s.judged is not None


def _falling_ill(oracle: Oracle, seen: Counter[str]) -> None:
    """Count whose health changes while they are held, and what follows."""
    for s in oracle.spells:
        last = oracle.horizon - 1 if s.left is None else s.left
        changed = sum(max(s.admitted, 0) <= day <= last for day, _ in s.changes)
        seen["fell ill"] += changed > 0
        seen["grew worse again"] += changed > 1
        seen["died of a new state"] += s.cause == "death" and changed > 0
        seen["fell ill on a day of leaving"] += any(day == s.left for day, _ in s.changes)
        seen["died at liberty in a new state"] += s.died_free is not None and changed > 0
    for docket in oracle.dockets:
        decree = oracle.scenario.decrees[docket.occasion.decree]
        asks = any(getattr(leaf, "attribute", "") == "health" for clause in decree.clauses.values()
                   for leaf in leaves(clause.when))  # fmt: skip
        fallen = [file for file in docket.selected if asks and any(
            max(file.spell.admitted, 0) < day for day, _ in file.spell.changes)]  # fmt: skip
        seen["selected where health is asked"] += len(fallen)
        seen["a time in a state of health"] += len(docket.selected) * any(
            getattr(leaf, "attribute", "") == "time in state of health"
            for clause in decree.clauses.values() for leaf in leaves(clause.when)
        )  # fmt: skip
        if decree.in_force is not None:
            seen["selected on a check once ill"] += len(fallen)


def _timing(oracle: Oracle, seen: Counter[str]) -> None:
    """Count what chance and classes did to days, and what a file of prisoners says of flags."""
    if (file := oracle.scenario.prisoners) is not None:
        seen["a flag of a file"] += sum(name.startswith("flag ") for name in file.columns)
    for docket in oracle.dockets:
        decree = oracle.scenario.decrees[docket.occasion.decree]
        for file in docket.selected:
            out = file.spell.release_day
            if file.granted and out is not None:
                seen["in a tranche"] += file.goes != docket.occasion.rest_day
                seen["late"] += decree.release.latency is not None and out > file.goes
        seen["reached"] += len(docket.desk.done)
        seen["on a check"] += decree.in_force is not None and len(docket.selected)
        seen["by surprise"] += decree.random is not None and bool(docket.selected)
        seen["on an anniversary"] += decree.since is not None and bool(docket.selected)
        random = decree.granted is not None and decree.granted.random
        seen["on a day by lot"] += bool(random) and bool(docket.selected)


def _asked(rules: Sequence[Predicate], flags: Collection[str]) -> list[str]:
    """What the conditions of a decree that selects somebody ask, beside the plain attributes."""
    found = [leaf for rule in rules for leaf in leaves(rule)]
    said = ["a table" for rule in rules if "Table(" in repr(rule)]
    for leaf in found:
        attribute = getattr(leaf, "attribute", "")
        said += ["a flag"] if attribute in flags else []
        said += ["another day"] if getattr(leaf, "on", None) else []
        said += ["cuts that count"] if getattr(leaf, "counting", ()) else []
        said += ["a number of the offence"] if isinstance(leaf, OffenceIs) else []
        said += ["a date"] if isinstance(leaf, DateIs) or getattr(leaf, "since", False) else []
        said += [attribute] if attribute == "age reached in the year" else []
        if attribute in ("sentence", "expected sentence") and isinstance(leaf, OneOf):
            said.append("sentence of death asked for")
        asks = getattr(leaf, "of", attribute) in OF_A_STATUS
        said += ["a legal status"] if asks else []
    return said


def _run(examples: int) -> list[str]:
    """Examine so many worlds; return what happened in none of them."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(WORDS, WORDS, WORDS, FLAG_WORDS)
    def examine(one: bytes, two: bytes, three: bytes, kept: bytes) -> None:
        half = FLAGS // 8
        flags = int.from_bytes(kept[:half]) | int.from_bytes(kept[half:])
        _examined(one + two + three, flags, seen)

    examine()
    return [what for what in SEEN if not seen[what]]


def test_random_worlds_and_decrees():
    assert set(_run(100)) <= set(RARE)


@pytest.mark.slow
def test_many_random_worlds_and_decrees():
    assert _run(2000) == []
