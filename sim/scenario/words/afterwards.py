"""What follows a release in words: education, days, exile, supervision, arrests."""

from __future__ import annotations

from sim.scenario.words.basis import described, part_in_words
from sim.scenario.words.decreed import Law, Parts
from sim.scenario.words.phrases import (
    amount,
    counted,
    joined,
    length,
    percent,
    sentence,
)
from sim.scenario.words.waits import latency, tranches


def release(law: Law) -> Parts:
    """Say how those selected are released, and what follows."""
    d, after = law.decree, law.decree.release
    education = after.education
    text = "those to be released leave prison without education"
    if education is not None and education.value is not None:
        start = "close of the lists" if education.value.start == "listing" else "grant"
        days = counted(education.value.days, "day")
        text = (
            f"those to be released are first educated for {days} from the {start}, and are held "
            "meanwhile"
        )
    if education is None:
        yield "education", sentence(text)
    else:
        yield "education", described(text, education, d)
    later = (
        "Whoever is read later is educated from that day on, or from the grant if that is later."
    )
    taught = d.reach is not None and education is not None and education.value is not None
    yield "days", joined(_days(law), later if taught else "")
    yield from tranches(law)
    yield from latency(law)
    if after.turns:
        number = f"in each camp {amount(after.turns.value)} a day are escorted home"
        first = "those who have waited longest go first, then by lot"
        waits = f"{number}; the others wait in custody for a turn, and {first}"
        yield "escort", described(waits, after.turns, d)
    elif after.escort:
        yield "escort", "They are escorted home, which is recorded and changes no result."
    if after.exile:
        yield "exile", _exile(law)
    if after.supervision:
        yield "supervision", "They are supervised after their release."
    if after.job:
        text = f"{percent(after.job.value)} of those released are given a job"
        yield "job", described(text, after.job, d)
    if said := part_in_words("what follows a release", after, d):
        yield "release", said
    if d.drive:
        share = percent(d.drive.per_release.value)
        within = f"within {length(d.drive.within)} the arrest of one new person"
        text = f"arrests follow: each release brings {within} with a probability of {share}"
        yield (
            "drive",
            joined(
                described(text, d.drive.per_release, d),
                part_in_words("this arrest drive", d.drive, d),
            ),
        )


def _days(law: Law) -> str:
    over, first = law.decree.release.over, _first_release(law)
    classes = list(law.decree.release.tranches.values())
    begin = f"releases begin {first}"
    if classes and classes[-1].when is None:
        begin = "each of the classes below is released from a day of its own on"
    if over is None or (over.value == 1 and over.low is None):
        after = law.decree.release
        waits = after.exile is not None and after.exile.approval is not None
        if after.tranches or after.latency or after.turns or waits:
            return sentence(begin)
        whom = "all" if law.decree.reach is None else "those on the lists"
        return sentence(f"{whom} are released {first}")
    text = f"{begin}, spread evenly over {counted(over.value, 'day')} in each camp"
    return described(text, over, law.decree)


def _first_release(law: Law) -> str:
    dated = law.occasions[0] if law.occasions and not law.decree.recurs else None
    education = law.decree.release.education
    if education is None or education.value is None:
        return "on the day of the grant"
    later = "the later of the day of the grant and the end of education"
    return f"on {law.date(dated.release_day)}, {later}" if dated else f"on {later}"


def _exile(law: Law) -> str:
    exile = law.decree.release.exile
    assert exile is not None
    world = law.scenario.world.exile
    text = f"those who come from {exile.origin} are exiled to places that the camp chooses"
    if world is not None:
        text += f"; in this world {percent(world.compliance.value)} of them comply"
    wait = ""
    if exile.approval:
        days = f"they wait in custody for {length(exile.approval.value)} until that is approved"
        wait = described(days, exile.approval, law.decree)
    return joined(sentence(text), wait, part_in_words("exile", exile, law.decree))
