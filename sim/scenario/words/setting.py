"""A world in a few sentences: what a reader has to know of the prisons to follow a decree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sim.scenario.before_judgment import Lasting
from sim.scenario.flags import Flag
from sim.scenario.graded import Length, Number, Proportion
from sim.scenario.scenario import Scenario
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.effects import points_in_words
from sim.scenario.words.phrases import (
    amount,
    basis,
    counted,
    day,
    joined,
    length,
    listed,
    month_day,
    percent,
    possible,
    sentence,
)
from sim.scenario.world import World


def setting_in_words(scenario: Scenario) -> str:
    """Name the world, its camps, those held, the days simulated and when people leave."""
    world = scenario.world
    last = world.end - timedelta(days=1)
    held = f"{counted(world.held.value, 'person')} held at the start{_aside(world.held)}"
    if scenario.prisoners is not None:
        file = scenario.prisoners
        held = (f"{counted(file.count, 'person')} held at the start, those of a file (SHA-256 "
                f"{file.digest[:12]}…)")  # fmt: skip
    prisons = sentence(
        f"the prisons are those of the world “{world.name}”: {counted(len(world.camps), 'camp')} "
        f"with {held}, from {day(world.start)} to {day(last)}" + _before(scenario)
    )
    ways = (*_phases(world), *points_in_words(world), *_falling_ill(world), *_dying(world))
    return joined(prisons, *ways)


def _phases(world: World) -> Iterator[str]:
    """Say what lies between arrest and a final sentence, where a world has it."""
    phases = world.before_judgment
    if phases is None:
        return
    trial, appeal = phases.awaiting_trial, phases.appealing
    share = f"{percent(trial.convicted.value)}{_aside(trial.convicted)}"
    yield sentence(
        f"an admission is an arrest: judgment comes after {_lasting(trial.lasts)}; {share} of "
        "those judged are convicted, the others are acquitted and leave on that day"
    )
    if appeal is not None:
        share = f"{percent(appeal.share.value)}{_aside(appeal.share)}"
        yield sentence(
            f"of the sentences imposed {share} are appealed against, and become final "
            f"{_lasting(appeal.lasts)} later"
        )
    yield ("What is held before judgment counts as served, and nobody convicted leaves before it.")


def _lasting(lasts: Lasting) -> str:
    ends = f"{length(lasts.least.value)} to {length(lasts.most.value)}"
    return f"{ends}, on average {length(lasts.mean.value)}{_aside(lasts.mean)}"


def _before(scenario: Scenario) -> str:
    """Tell of the years before the start, where past decrees acted in them."""
    past = scenario.past
    if past is None:
        return ""
    names = [f"“{decree.title or name}”" for name, decree in past.decrees.items()]
    has = "has" if len(names) == 1 else "have"
    return f"; from {day(past.world.start)} to the start {listed(names)} {has} acted on them"


def world_in_words(world: World) -> tuple[str, ...]:
    """Write what a world assumes, a sentence for each of its parts."""
    return tuple(filter(None, (" ".join(part.split("\n")) for part in _parts(world))))


def _parts(world: World) -> Iterator[str]:
    yield from _people(world)
    deaths, states = world.deaths.in_custody, list(world.health.states)
    yield sentence(
        f"in custody there are {amount(deaths.value)} {deaths.unit} over all{_aside(deaths)}; "
        f"{'states of health are' if len(states) > 1 else 'the one state of health is'} "
        f"{listed(states)}"
    )
    if by_age := world.deaths.by_age:
        factors = [f"{amount(one.value)} at the age of {first} to {last}{_aside(one)}"
                   for (first, last), one in by_age.items()]  # fmt: skip
        yield sentence(f"deaths in custody depend on age, by a factor of {listed(factors)}")
    else:
        yield "Deaths in custody do not depend on age."
    if merit := world.merit:
        yield sentence(
            f"every year on {month_day(merit.each)} those who have served at least "
            f"{length(merit.after.value)} have their term cut for merit by "
            f"{length(merit.cut.value)}{_aside(merit.cut)} with a probability of "
            f"{percent(merit.probability.value)}{_aside(merit.probability)}"
        )
    else:
        yield "Nobody's term is cut for merit."
    if label := world.label:
        yield sentence(
            f"{percent(label.share.value)} of those held have had their sentence reduced by an "
            f"earlier pardon{_aside(label.share)}, by {length(label.cut.value)}{_aside(label.cut)}"
        )
    yield from _flags(world)
    yield from _afterwards(world)
    yield from _crackdowns(world)


def _falling_ill(world: World) -> Iterator[str]:
    """Say how health changes in custody, where a world has that."""
    for name, change in world.health.in_custody.items():
        yield sentence(
            f"“{name}”: in custody people change from {change.out_of} to {change.to} at a rate "
            f"of {amount(change.per_year.value)} a year{_aside(change.per_year)}"
        )


def _dying(world: World) -> Iterator[str]:
    """Say who is sentenced to death, and how often that is carried out."""
    sentenced = [f"{percent(one.death.value)}{_aside(one.death)} of those sentenced for {name}"
                 for name, one in world.offences.items() if one.death]  # fmt: skip
    if sentenced:
        yield sentence(f"sentences of death are passed on {listed(sentenced)}")
    if world.executions is not None:
        rate = world.executions.per_year
        yield sentence(
            f"of those under sentence of death there are {amount(rate.value)} {rate.unit}"
            f"{_aside(rate)}; these are not among the deaths in custody"
        )


def _people(world: World) -> Iterator[str]:
    shares = [f"{name} ({percent(o.share.value)})" for name, o in world.offences.items()]
    yield sentence(f"people are admitted for {listed(shares)}")
    means = [f"{length(o.sentence.mean.value)} for {n}" for n, o in world.offences.items()]
    yield sentence(f"fixed sentences last on average {listed(means)}")
    for name, offence in world.offences.items():
        for other, part in offence.tried_with.items():
            least, most = percent(part.least.value), percent(part.most.value)
            takes = most if least == most else f"{least} to {most}"
            yield sentence(
                f"of the fixed sentences for {name} {percent(part.probability.value)}"
                f"{_aside(part.probability)} have a part for {other} too, which takes {takes} "
                "of the whole, in whole steps"
            )
    origins = [f"{name} ({percent(o.share.value)})" for name, o in world.origins.items()]
    yield sentence(f"they come from {listed(origins)}")
    yield sentence(f"{percent(world.women.value)} are women{_aside(world.women)}")
    if delays := world.delays:
        ends = f"{length(delays.least.value)} to {length(delays.most.value)}"
        mean = f"{length(world.offence_to_admission.value)}{_aside(world.offence_to_admission)}"
        yield sentence(f"from an offence to admission pass {ends}, on average {mean}")


def _flags(world: World) -> Iterator[str]:
    """Say of each flag who has it, row by row of its table."""
    for name, flag in world.flags.items():
        rows = [(condition_in_words(row.when), row.share, row.shares) for row in flag.by.values()]
        rest = "all others" if rows else "all"
        said = [f"of {who} {_having(flag, share, shares)}"
                for who, share, shares in (*rows, (rest, flag.share, flag.shares))]  # fmt: skip
        anew = "; it is drawn anew with each spell" if flag.drawn == "each spell" else ""
        yield sentence(f"“{name}” is known of each person: {'; '.join(said)}{anew}")


def _having(flag: Flag, share: Proportion | None, shares: Mapping[str, Proportion] | None) -> str:
    if share is not None:
        return f"it holds for {percent(share.value)}{_aside(share)}"
    ago = " before the admission" if flag.is_a == "date" else ""
    unit = f" {flag.unit}" if flag.unit else ""
    parts = [f"{word}{unit}{ago} for {percent(one.value)}{_aside(one)}"
             for word, one in (shares or {}).items()]  # fmt: skip
    return f"it is {listed(parts)}"


def _crackdowns(world: World) -> Iterator[str]:
    for name, one in world.crackdowns.items():
        yield sentence(
            f"in “{name}”, from {day(one.first)} to {day(one.last)}, {amount(one.times.value)} "
            f"times as many people as usual{_aside(one.times)} are admitted for "
            f"{listed(list(one.offences))}"
        )


def _afterwards(world: World) -> Iterator[str]:
    if returns := world.returns:
        rates = (returns.offending.value, returns.detection.value, returns.imprisonment.value)
        yield sentence(
            f"those released commit {amount(rates[0])} {returns.offending.unit} at first"
            f"{_aside(returns.offending)}; {percent(rates[1])} of these are detected"
            f"{_aside(returns.detection)}, and {percent(rates[2])} of those detected are "
            f"imprisoned{_aside(returns.imprisonment)}"
        )
    else:
        yield "Nobody returns to prison."
    if exile := world.exile:
        places = [f"{name} ({percent(p.value)})" for name, p in exile.destinations.items()]
        complying = f"{percent(exile.compliance.value)}{_aside(exile.compliance)}"
        yield joined(
            sentence(f"the exiled are sent to {listed(places)}"),
            sentence(f"of them {complying} comply"),
        )


def _aside(value: Number | Proportion | Length) -> str:
    """Write range and basis of a value in brackets."""
    low, high = value.low, value.high
    rests = basis(value.source, value.grade)
    if low is None or high is None or low == high:
        return f" ({rests})"
    match value:
        case Length():
            ends = length(value.low or 0), length(value.high or 0)
        case Proportion():
            ends = percent(low), percent(high)
        case _:
            ends = amount(low), amount(high)
    return f" ({possible(*ends)}; {rests})"
