"""Every shipped file loads; every mistake is told with file, line, key path and what to mend."""

import re
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sim.scenario.law.afterwards import Afterwards
from sim.scenario.law.clauses import Clause
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.decree import Decree
from sim.scenario.law.effects import Effect
from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import BELOW, Problem, ScenarioError, nearest, shown
from sim.scenario.scenario import Scenario

WRONG = Path(__file__).parent / "wrong"
SHIPPED = sorted(shipped_folder().glob("*.yaml"))
PARTY = "decrees.party-75th"
BORDER = f"{PARTY}.clauses.border crossing and smuggling"
ECONOMIC = f"{PARTY}.clauses.economic crime"

MISTAKES = {
    # A key or a word that is not known.
    "typo-in-a-key": (3, f"{PARTY}.list_due", "did you mean 'lists_due'?"),
    "typo-in-a-key-of-the-world": (6, "world.offences.theft.sentence.maen", "did you mean 'mean'?"),
    "unknown-offence": (6, f"{PARTY}.exclude.serious crime.when.offence", "'robery': did you mean"),
    "abroad-and-shorter": (7, f"{ECONOMIC}.then", "'abroad' belongs to a release, not 'reduce'"),
    "abroad-and-back": (7, f"{ECONOMIC}.then", "who is sent abroad does not come back"),
    "abroad-and-exiled": (7, f"{ECONOMIC}.then.abroad", "is not exiled: write two decrees"),
    "struck-from-the-record-and-shorter": (
        7, f"{ECONOMIC}.then", "'expunge' belongs to a release, not 'reduce'"),
    "earlier-spells-by-health": (
        7, f"{ECONOMIC}.when.earlier spells.health", "'health' is not asked of an earlier spell"),
    "earlier-spells-like-nothing": (
        7, f"{ECONOMIC}.when.earlier spells", "what they were like, such as {offence: theft}"),
    "case-struck-from-the-record-by-expiry": (
        7, f"{PARTY}.cases.a thief.who.history.0", "ended by a decree: say 'by' which"),
    "case-that-served-more-than-its-sentence": (
        7, f"{PARTY}.cases.a thief.who.history.0", "has served 1 year, more than the sentence"),
    "part-by-time-served": (
        7, f"{ECONOMIC}.when.this part.served", "a part has an offence and a sentence"),
    "part-of-an-unknown-offence": (7, f"{ECONOMIC}.when.any part.offence", "did you mean 'theft'"),
    "part-in-question-of-the-rest-at-home": (6, ECONOMIC, "only a release or a cut falls on parts"),
    "part-in-question-of-a-table": (
        7, f"{ECONOMIC}.then.reduce.by.table.0.when.this part", "here write 'any part' or 'all"),
    "parts-beside-an-offence": (7, f"{PARTY}.cases.a thief.who", "leave out 'offence' and"),
    "part-that-outweighs-the-main-one": (5, "world.offences.theft", "could outweigh the main one"),
    "part-for-no-offence": (
        7, "world.offences.theft.tried with.frauds", "did you mean 'fraud'?"),
    "unknown-tag": (6, f"{ECONOMIC}.when.offence.tag", "did you mean 'economic'?"),
    "unknown-attribute": (7, f"{BORDER}.when.served shares", "did you mean 'served share'?"),
    "unknown-attribute-of-a-bare-exclusion": (
        6, f"{PARTY}.exclude.the young.agee", "did you mean 'age'?"),
    "unknown-giver-of-reductions": (
        6, "decrees.party-70th.clauses.others.when.reductions.by", "mean 'liberation-70th'?"),
    "unknown-rank": (3, f"{PARTY}.rank.0", "did you mean 'longest served'?"),
    "unknown-camp-of-an-origin": (
        7, "world.origins.Pyongyang.by camp.Kangdon", "did you mean 'Kangdong'?"),
    "exile-of-an-unknown-origin": (
        3, f"{PARTY}.release.exile.origin", "'Seoul' is no origin of this world: expected one of"),
    "despite-naming-no-exclusion": (6, f"{ECONOMIC}.despite", "did you mean 'serious crime'?"),
    # What a value rests on.
    "missing-source": (4, "world.women.source", "'source' is missing"),
    "unknown-source": (4, "world.women.source", "'un-coi-2041': did you mean 'un-coi-2014'?"),
    "unknown-source-of-a-threshold": (
        7, f"{BORDER}.when.served share.source", "unknown source 'daily-nk-2020'"),
    "wrong-grade": (4, "world.women.grade", "'D': expected one of: A, B, C"),
    "grade-c-without-a-range": (5, "world.merit.probability", "needs a range: give 'low' and"),
    "grade-c-threshold-without-a-range": (
        10, "decrees.wrong.clauses.everybody.when.served", "needs a range"),
    "grade-c-date-without-a-range": (5, f"{PARTY}.granted", "give 'between: [first, last]'"),
    "probability-without-a-range": (3, f"{PARTY}.release.job", "needs a range"),
    "half-a-range": (4, "world.women", "a range has both ends"),
    "range-beside-the-value": (5, "world.merit.after", "6 months to 2 years does not hold 3 years"),
    "range-beside-the-threshold": (7, f"{BORDER}.when.served share", "does not hold '>= 70%'"),
    "assumption-graded-a": (4, "world.women", "write 'grade: C'"),
    # Crackdowns.
    "crackdown-on-an-unknown-offence": (
        6, "world.crackdowns.campaign.offences", "unknown offence 'thefd': did you mean 'theft'?"),
    "crackdown-that-ends-before-it-begins": (
        8, "world.crackdowns.campaign.to", "lies before 'from'"),
    "crackdown-by-a-share": (5, "world.crackdowns.campaign.times", "such as {value: …, unit: …"),
    # The stock of the start.
    "snapshot-that-is-not-there": (3, "world.stock.snapshot", "no such file: 'nobody.csv'"),
    "snapshot-of-another-hash": (3, "world.stock.snapshot", "has changed: its SHA-256 is"),
    "stock-of-two-kinds": (3, "world.stock", "give either 'snapshot' or 'seasoned'"),
    "seasoned-by-a-world": (3, "world.stock.seasoned.decrees", "'dprk.yaml' has no decrees"),
    "seasoned-by-the-future": (
        11, "world.stock.seasoned.decrees.feast.granted", "does not lie before"),
    # Reach.
    "reach-of-a-yearly-decree": (3, "decrees.customary.reach.offences until", "is granted once"),
    "reach-beside-a-cap": (3, f"{PARTY}.reach.offences until", "leave one of them out"),
    "offences-until-after-the-grant": (
        3, f"{PARTY}.reach.offences until", "2020-12-01 lies after 'granted', 2020-10-08"),
    "delays-with-a-mean": (6, "world.delays.mean", "unknown key 'mean'"),
    # Numbers and lengths.
    "number-without-unit": (4, "world.held.unit", "'unit' is missing"),
    "length-without-unit": (4, "world.offence to admission.value", "needs its unit"),
    "share-above-one": (4, "world.women.value", "between 0 and 1 (0% and 100%); found '120%'"),
    "negative-number": (4, "world.held.value", "cannot be negative; found -1"),
    "shares-not-summing-to-one": (4, "world.offences", "the shares sum to 1.01; they must sum to"),
    "ages-with-a-gap": (5, "world.deaths.at liberty", "without gap or overlap"),
    "ages-in-custody-that-end-early": (
        5, "world.deaths.in custody by age", "from the youngest at offence, 14, to 100"),
    "ages-in-custody-with-a-gap": (
        5, "world.deaths.in custody by age", "without gap or overlap"),
    "change-of-an-unknown-health": (
        6, "world.health.in custody.falls ill.to", "unknown state 'sick': expected one of: ill"),
    "two-ways-out-of-a-health": (
        7, "world.health.in custody.starves.from", "people leave 'well' by 'falls ill' already"),
    "health-that-goes-in-a-circle": (
        6, "world.health.in custody.falls ill.to", "leads back to 'well': changes may not go in"),
    "health-that-changes-every-hour": (
        6, "world.health.in custody.falls ill.per year", "at 8766 per year nobody stays for a"),
    "health-that-changes-without-a-rate": (
        6, "world.health.in custody.falls ill.per year", "'per year' is missing"),
    "health-of-four-changes": (
        8, "world.health.in custody.one", "4 changes follow one another; expected at most 3"),
    "changing-health-by-age": (
        5, "world.deaths.in custody by age", "cannot be solved where health changes in custody"),
    "changing-health-of-a-file": (4, "world.stock", "does not say since when they are ill"),
    "no-ages": (5, "world.ages at offence.young", "expected such as '14 to 17'"),
    "times-free-out-of-order": (4, "world.returns", "in increasing order"),
    # Conditions, effects, caps.
    "threshold-without-unit": (7, f"{BORDER}.when.remaining", "needs its unit, such as '2 years'"),
    "threshold-without-comparison": (7, f"{BORDER}.when.remaining", "such as '>= 2 years'"),
    "share-without-unit": (7, f"{BORDER}.when.served share.value", "a per cent or a fraction"),
    "equals-on-a-share": (7, f"{BORDER}.when.served share", "'=='; use a band"),
    "age-in-months": (
        6, "decrees.surprise.clauses.juvenile.when.age at offence", "in whole years"),
    "condition-without-attribute": (6, f"{ECONOMIC}.when", "such as {offence: theft}"),
    "clause-without-when": (6, f"{ECONOMIC}.when", "'when' is missing"),
    "decree-without-clauses": (4, "decrees.wrong.clauses", "names nothing; expected at least one"),
    "unknown-effect": (6, f"{ECONOMIC}.then", "'relaese': expected 'release', 'end the case'"),
    "amount-of-nothing": (6, f"{ECONOMIC}.then.reduce.by", "such as '3 years', 'half the"),
    "cap-nonsense": (3, f"{PARTY}.cap", "'a few'; expected 'none', '50 per camp', '5000 in all'"),
    "education-from-nowhere": (3, f"{PARTY}.release.education", "such as '60 days from listing'"),
    "escorted-by-nobody": (
        3, f"{PARTY}.release.escort.per camp and day.value", "a number above 0"),
    "escorts-of-any-number": (3, f"{PARTY}.release.escort.per camp and day", "needs a range"),
    "escorts-in-words": (3, f"{PARTY}.release.escort", "or such as {per camp and day: 10}"),
    "neither-true-nor-false": (3, f"{PARTY}.release.escort", "expected true or false"),
    "credit-of-what-nobody-has": (
        7, f"{ECONOMIC}.then.credit.by", "no amount: '1/2 of parole'; expected such as '3 years'"),
    "credit-with-a-ceiling": (7, f"{ECONOMIC}.then.credit", "a credit leaves the term as it is"),
    "credit-of-nothing": (7, f"{ECONOMIC}.then.credit", "'by' credits nothing"),
    "served-within-no-time": (7, f"{ECONOMIC}.then.credit.by", "ends before it begins"),
    "rest-served-elsewhere": (
        7, f"{ECONOMIC}.then.serve the rest", "unknown word 'in a hospital'"),
    "rest-at-home-and-shorter": (
        7, f"{ECONOMIC}.then", "'serve the rest' and 'reduce' exclude each other"),
    "rest-at-home-revived": (7, f"{ECONOMIC}.then", "belongs to a release or a reduction"),
    # Dates.
    "decree-before-the-start": (3, f"{PARTY}.ordered", "before the start of the world, 2015-01-01"),
    "decree-after-the-end": (5, f"{PARTY}.granted", "not lie before the world's end, 2026-01-01"),
    "granted-before-ordered": (
        8, "decrees.wrong.granted", "2020-07-22 lies before 'ordered', 2020-07-23"),
    "lists-due-before-ordered": (
        5, f"{PARTY}.ordered", "2020-08-11 lies after 'lists_due', 2020-08-10"),
    "date-outside-its-bounds": (
        5, f"{PARTY}.granted", "2020-10-11 does not lie between 2020-10-01 and 2020-10-10"),
    "no-such-day": (5, f"{PARTY}.granted", "'2020-13-10' (month must be in 1..12); expected such"),
    "date-not-in-iso-form": (5, f"{PARTY}.granted", "expected YYYY-MM-DD"),
    "never-granted": (3, PARTY, "'granted' is missing"),
    "thresholds-on-nothing": (3, f"{PARTY}.thresholds_on", "a date such as 2020-10-10 or"),
    "yearly-without-dates": (3, "decrees.customary", "needs 'dates', each once, such as [02-16]"),
    "no-such-day-of-the-year": (3, "decrees.customary.dates.1", "'02-30'; expected MM-DD"),
    # Cases.
    "case-of-an-unknown-camp": (
        6, f"{PARTY}.cases.a thief of no known camp.who.camp", "did you mean 'Kaechon'?"),
    "case-with-an-unknown-outcome": (
        6, f"{PARTY}.cases.a thief is let go.then.1", "unknown outcome 'freed'"),
    "case-with-more-than-its-sentence": (
        6, f"{PARTY}.cases.a thief.who", "has served 3 years, more than the term of 2 years"),
    "case-of-an-unknown-flag": (
        7, f"{PARTY}.cases.a thief.who.flags.has means", "expected true or false, found 'much'"),
    # Tables, other days of reading, dates, flags.
    "table-of-one-number": (
        7, f"{ECONOMIC}.when.served share.table", "expected rows such as {when: {sex: women}, is"),
    "table-row-without-is": (
        7, f"{ECONOMIC}.when.served share.table.0", "a row has 'when' and 'is', or is {otherwise"),
    "otherwise-before-other-rows": (
        7, f"{ECONOMIC}.when.served share.table.0", "'otherwise' is the last row"),
    "band-that-never-holds": (
        7, f"{ECONOMIC}.when.sentence", "can never hold: nothing is '>= 5 years and < 3 years'"),
    "served-on-no-day": (7, f"{ECONOMIC}.when.served on 10 October", "unknown attribute 'served"),
    "served-on-no-stage": (
        7, f"{ECONOMIC}.when.served on granted", "no day: 'granted'; expected such as 'served on"),
    "admitted-for-a-length": (
        7, f"{ECONOMIC}.when.admitted", "expected such as '< 2015-07-09' or '>= 2 years ago'"),
    "cut-that-does-not-count": (
        7, f"{ECONOMIC}.when.served.counting", "'pardons': did you mean 'pardon'?"),
    "tag-beside-the-offence": (7, f"{ECONOMIC}.when.tag", "write 'offence: {tag: …}'"),
    "amount-row-of-nobody": (
        7, f"{ECONOMIC}.then.reduce.by.table.0", "a row has 'when' and 'is', or is {otherwise"),
    "amount-for-all-others-first": (
        7, f"{ECONOMIC}.then.reduce.by.table.0", "'otherwise' is the last row"),
    "amount-row-without-a-unit": (
        7, f"{ECONOMIC}.then.reduce.by.table.0.is", "no amount: 3; expected such as '3 years'"),
    "earlier-spells-in-letters": (
        7, f"{ECONOMIC}.when.earlier spells", "expected a whole number, found 'one'"),
    "released-by-nobody": (
        7, f"{ECONOMIC}.when.time since last release.after", "'expirey': did you mean 'expiry'?"),
    "pardoned-for-merit": (7, f"{ECONOMIC}.when.earlier pardons.by", "unknown giver 'merit'"),
    "case-with-spells-out-of-order": (
        7, f"{PARTY}.cases.a thief.who", "'history' lists earlier spells in order"),
    # What says nothing, or too much, or of nobody.
    "exclusion-of-everybody": (6, f"{PARTY}.exclude.the others", "bars everybody; say whom"),
    "misspelt-decree-of-a-variant": (3, "decrees.party-75", "did you mean 'party-75th'?"),
    "misspelt-clause-of-a-variant": (
        6, f"{PARTY}.clauses.economic crimes", "did you mean 'economic crime'?"),
    "outcome-freed": (6, f"{PARTY}.outcomes.freed", "did you mean 'released'?"),
    "nobody-in-a-place": (3, "world.occupancy", "no end of places"),
    "reduction-by-nothing": (7, f"{ECONOMIC}.then.reduce", "'by' cuts nothing"),
    "rank-named-twice": (4, PARTY, "'rank' names 'oldest' twice"),
    "number-that-no-offence-has": (
        8, f"{ECONOMIC}.when.offence.point", "did you mean 'points'?"),
    "number-of-an-offence-in-letters": (
        8, f"{ECONOMIC}.when.offence.points", "expected a number, found 'three'"),
    "unknown-camp-of-an-offence": (
        7, "world.offences.theft.by camp.Kangdon", "did you mean 'Kangdong'?"),
    "flag-without-shares": (5, "world.flags.has means", "a flag has either 'share' or 'shares'"),
    "flag-asked-with-yes": (
        8, f"{ECONOMIC}.when.has means", "expected true or false, found 'yes'"),
    "misspelt-flag": (8, f"{ECONOMIC}.when.has mean", "did you mean 'has means'?"),
    "flag-of-a-person-by-offence": (
        8, "world.flags.has means.by.thieves.when", "not by 'offence': expected one of"),
    "flag-called-served": (5, "world.flags.served", "is a word of the language; choose another"),
    "flag-shares-not-summing-to-one": (
        6, "world.flags.conduct.shares", "the shares sum to 1.2; they must sum to 1"),
    "flag-band-in-words": (5, "world.flags.fines paid", "'none'; expected such as '0 to 99'"),
    # What else goes wrong when a law is written.
    "threshold-above-one": (
        7, f"{ECONOMIC}.when.served share", "between 0 and 1 (0% and 100%); found '170%'"),
    "length-for-a-share": (
        7, f"{ECONOMIC}.when.served share", "a fraction such as '70%' or '2/3'; found '5 years'"),
    "band-with-a-range": (
        7, f"{ECONOMIC}.when.sentence", "a band has no range; write two thresholds"),
    "count-without-comparison": (7, f"{ECONOMIC}.when.reductions", "such as '>= 1', found 1"),
    "count-in-letters": (7, f"{ECONOMIC}.when.reductions", "expected a whole number, found 'one'"),
    "unknown-health": (
        7, f"{ECONOMIC}.when.health", "expected one of: ill, malnourished, too weak to work, well"),
    "nothing-to-choose-from": (7, f"{ECONOMIC}.when.offence", "an empty list names no offence"),
    "not-of-a-bare-word": (7, f"{ECONOMIC}.when.not", "such as {offence: theft}"),
    "age-without-unit": (7, f"{ECONOMIC}.when.age", "needs its unit, such as '18 years'"),
    "exclusions-as-a-list": (
        3, f"{PARTY}.exclude", "such as {serious crime: {offence: murder}}, found ['murder'"),
    "exclusion-of-a-bare-word": (3, f"{PARTY}.exclude.murderers", "such as {offence: theft}"),
    "typo-in-an-effect": (6, f"{ECONOMIC}.then.reduce.buy", "did you mean 'by'?"),
    "reduction-without-an-amount": (7, f"{ECONOMIC}.then", "such as {reduce: {by: 3 years}}"),
    "reduction-per-month-of-any-kind": (
        7, f"{ECONOMIC}.then.reduce.by", "': complete or started, and of sentence, term, served"),
    "reduction-with-a-share-for-a-range": (
        7, f"{ECONOMIC}.then.reduce.by", "the ends of this range are lengths such as 7 days"),
    "reduction-of-half-with-a-range": (
        7, f"{ECONOMIC}.then.reduce.by", "write '1/2 of sentence'"),
    "reduction-with-a-limit-alone": (
        7, f"{ECONOMIC}.then.reduce", "'by' is missing (or 'to', a ceiling on the term)"),
    "reduction-with-a-release": (7, f"{ECONOMIC}.then", "'release' and 'reduce' exclude each"),
    "amount-graded-c-without-a-range": (7, f"{ECONOMIC}.then.reduce.to", "needs a range"),
    "release-point-earlier-and-later": (
        7, f"{ECONOMIC}.then.release point", "'earlier by' and 'later by' exclude each other"),
    "release-point-that-moves-nothing": (
        7, f"{ECONOMIC}.then.release point", "moves nothing; expected 'fraction'"),
    "release-point-of-those-to-come-by-time-served": (
        8, f"{BORDER}.when", "cannot be asked of those to come, only offence, gravity"),
    "release-point-of-the-world-by-camp": (
        4, "world.release point.0", "depends on offence, its tags, and sentence alone"),
    "commutation-of-ten-years": (
        7, f"{ECONOMIC}.then.commute.from", "word '10 years': expected one of: death, life"),
    "commutation-to-death": (
        7, f"{ECONOMIC}.then.commute.to", "such as '20 years', or 'life'; found 'death'"),
    "commutation-of-life-to-life": (
        7, f"{ECONOMIC}.then.commute", "a sentence for life becomes a shorter one"),
    "commutation-to-life-with-a-range": (
        7, f"{ECONOMIC}.then.commute.to", "'life' has no range"),
    "sentence-of-deth": (7, f"{ECONOMIC}.when.sentence", "death"),
    "death-without-executions": (
        6, "world.offences.murder.death", "needs the world's 'executions': how many per person"),
    "more-than-all-without-a-term": (
        5, "world.offences.murder", "'life' and 'death' are shares of the same: they sum to 100%"),
    "executions-without-a-number": (4, "world.executions.per year", "'per year' is missing"),
    "executions-before-judgment": (
        15, "world.executions.per year", "in which nobody is executed: say 0, or leave one"),
    "end-of-a-case-that-nobody-has": (
        7, f"{ECONOMIC}.then", "this world has no custody before judgment: give it 'before"),
    "legal-status-that-nobody-has": (7, f"{ECONOMIC}.when", "has no custody before judgment"),
    "remand-that-nobody-has": (7, f"{ECONOMIC}.then", "has no custody before judgment"),
    "case-of-one-who-waits-for-no-trial": (
        6, f"{PARTY}.cases.one who waits.who", "has no custody before judgment"),
    "case-ill-for-longer-than-held": (
        6, f"{PARTY}.cases.long ill.who", "'time in state of health' is longer than what is"),
    "release-of-those-awaiting-trial": (
        18, f"{ECONOMIC}.when", "names none of those to whom this is given, whose sentence is"),
    "end-of-a-case-that-is-closed": (
        18, f"{ECONOMIC}.when", "names none of those to whom 'end the case' is given: whose case"),
    "appealing-where-nobody-appeals": (
        18, f"{ECONOMIC}.when", "nobody appeals in this world: give it 'appealing'"),
    "end-of-a-case-with-a-reach": (
        19, f"{ECONOMIC}.then", "is for cases that are pending: leave 'reach' out"),
    "waiting-in-too-many-steps": (
        6, "world.before judgment.awaiting trial.lasts", "more than 60 steps, 5 years; take a"),
    "judged-on-the-day-of-arrest": (
        6, "world.before judgment.awaiting trial.lasts", "'least' must be a day at least, and"),
    "final-sentence-said-twice": (
        4, "world.final sentence to admission", "says when a sentence becomes final; leave one"),
    "seasoned-before-judgment": (
        5, "world.before judgment", "cannot be solved for a stock that is stated or left by"),
    "case-with-a-sentence-before-trial": (
        17, f"{PARTY}.cases.one who waits.who", "has no sentence; write 'expected sentence'"),
    "revival-without-a-window": (7, f"{ECONOMIC}.then.revived if.within", "'within' is missing"),
    "revival-of-a-commutation": (
        7, f"{ECONOMIC}.then", "belongs to a release or a reduction, not 'commute'"),
    "revival-by-time-served": (
        7, f"{ECONOMIC}.then.revived if", "of a new sentence can be asked: offence date, offence"),
    "case-of-an-unknown-later-offence": (
        3, f"{PARTY}.cases.again.who.later.offence", "did you mean 'theft'?"),
    "reduction-by-more-than-the-whole": (7, f"{ECONOMIC}.then.reduce.by", "between 0 and 1"),
    "day-before-month": (3, f"{PARTY}.dates.0", "'16-02'; expected MM-DD such as 02-16"),
    "every-month": (3, f"{PARTY}.every", "expected 'year' or such as '5 years'"),
    "yearly-and-granted": (3, PARTY, "a yearly decree has 'dates', not 'ordered' or 'granted'"),
    "dates-without-every-year": (3, PARTY, "'dates' belong to 'every: year'"),
    "thirtieth-of-february": (3, f"{PARTY}.granted.value", "day is out of range for month"),
    "thresholds-before-the-start": (
        3, f"{PARTY}.thresholds_on", "before the start of the world, 2015-01-01"),
    "cap-of-the-stock-without-a-share": (3, f"{PARTY}.cap", "between 0 and 1"),
    "cap-whose-range-is-of-another-kind": (3, f"{PARTY}.cap", "a share such as 5% at both ends"),
    "goal-that-counts-reductions": (3, PARTY, "are counted in releases"),
    "places-given-away": (3, f"{PARTY}.places", "expected one of: lost, passed on"),
    "table-without-everyone-else": (
        12, f"{PARTY}.review.approved.table.1.when.offense", "did you mean 'offence'?"),
    "table-that-leaves-some-out": (7, f"{PARTY}.take-up.table.0", "must be for all others"),
    "lists-counted-after-the-grant": (4, PARTY, "'granted' lies before 'lists_due', by 10 days"),
    "lists-counted-from-before-the-order": (4, PARTY, "'lists_due' lies before 'ordered', by 13"),
    "lists-due-some-day": (5, f"{PARTY}.lists_due", "or '60 days before the grant'"),
    "granted-by-chance-and-ignorance": (8, "decrees.wrong.granted", "what is not known: give one"),
    "granted-by-chance-after-the-end": (8, "decrees.wrong.granted.random.1", "world's end"),
    "anniversary-of-nothing": (4, "decrees.wrong", "anniversaries need 'since'"),
    "anniversaries-left-to-nobody": (4, "decrees.wrong", "anniversaries among those of 'every'"),
    "every-now-and-then": (8, "decrees.wrong.every", "expected 'year' or such as '5 years'"),
    "surprise-on-a-date": (4, "decrees.wrong", "give such as '60 days before the grant'"),
    "surprise-every-day": (8, "decrees.wrong.random.rate", "at most 12 per year"),
    "tranche-before-the-grant": (5, f"{PARTY}.release.tranches.first.out", "before 'granted'"),
    "tranche-for-all-others-first": (5, f"{PARTY}.release", "only the last of the tranches"),
    "latency-of-two-kinds": (5, f"{PARTY}.release.latency", "a length, or 'mean' and 'most'"),
    "latency-that-leaves-some-in": (5, f"{PARTY}.release.latency", "must be 100%"),
    "latency-that-falls": (5, f"{PARTY}.release.latency", "must rise from row to row"),
    "latency-without-an-end": (5, f"{PARTY}.release.latency", "belong together"),
    "in-force-backwards": (8, "decrees.wrong.in force", "2020-10-01 lies before 'from'"),
    "in-force-and-granted": (4, "decrees.wrong", "a decree 'in force' has no 'granted'"),
    "in-force-with-a-cap": (4, "decrees.wrong", "has no cap: each goes as soon as he qualifies"),
    "in-force-beyond-the-end": (8, "decrees.wrong.in force.to", "before the world's end"),
    "in-force-without-an-end": (8, "decrees.wrong.in force.to", "'to' is missing"),
    "checked-hourly": (9, "decrees.wrong.checked", "expected one of: daily, weekly"),
    "checked-without-being-in-force": (4, "decrees.wrong", "belongs to a decree 'in force'"),
    "officers-without-files": (5, f"{PARTY}.review", "'files a day' belong together"),
    "files-by-nobody": (5, f"{PARTY}.review.officers per camp", "a number above 0"),
    "files-in-no-order": (5, f"{PARTY}.review.order", "one of: joining, lottery, rank"),
    "files-of-one-clause": (
        5, f"{ECONOMIC}.review.files a day", "the work of a whole decree"),
    "files-without-an-order": (4, PARTY, "from 'ordered' to the close of lists"),
    "approval-without-unit": (5, f"{PARTY}.release.exile.approval", "a length needs its unit"),
    "odds-times-nothing": (3, f"{PARTY}.take-up.odds.times", "by a number above 0"),
    "chance-without-a-number": (3, f"{PARTY}.take-up", "either a probability or a 'table'"),
    "counts-people": (3, f"{PARTY}.counts", "expected one of: both, reductions, releases"),
    "review-with-a-typo": (3, f"{PARTY}.review.recommend", "did you mean 'recommended'?"),
    "review-by-nobody": (3, f"{PARTY}.review", "expected such as {recommended: 60%}, found '60%'"),
    "recommended-above-one": (
        3, f"{PARTY}.review.recommended", "between 0 and 1 (0% and 100%); found 60"),
    "education-in-letters": (
        3, f"{PARTY}.release.education", "'two months'; expected such as '5 years'"),
    "range-beside-the-education": (
        3, f"{PARTY}.release.education", "70 days to 80 days does not hold 60 days"),
    "releases-over-no-day": (3, f"{PARTY}.release.over", "at least 1 day"),
    "exile-to-a-place": (3, f"{PARTY}.release.exile.to", "expected one of: chosen by camp"),
    "two-arrests-per-release": (3, f"{PARTY}.drive.arrests per release", "between 0 and 1"),
    "unknown-status": (3, f"{PARTY}.status", "did you mean 'rumoured'?"),
    "case-without-an-outcome": (3, f"{PARTY}.cases.a thief.then", "'then' is missing"),
    "case-expecting-nothing": (
        3, f"{PARTY}.cases.a thief.then", "names nothing; expected at least one"),
    "case-of-two-offences": (
        3, f"{PARTY}.cases.a thief.who.offence", "a word or a text, found ['theft', 'fraud']"),
    "case-of-no-sentence-at-all": (
        3, f"{PARTY}.cases.a thief.who.sentence", "a sentence is a day long at least"),
    "case-with-a-share-served": (3, f"{PARTY}.cases.a thief.who.served", "no length: '70%'"),
    # Assumptions to vary alone.
    "rests-on-an-unknown-path": (
        4, "rests on.mortality in custody.range of", "no key 'death' under 'world': did you mean"),
    "rests-on-a-value-without-a-range": (4, "rests on.number held.range of", "names no value with"),
    "rests-on-two-things": (4, "rests on.number held", "either 'range of' or 'instead'"),
    # Files and their form.
    "null-that-removes-nothing": (
        5, f"{PARTY}.exclude.sentences already reduced", "mean 'sentence already reduced'?"),
    "duplicate-key": (3, "title", "stands here twice; remove one"),
    "key-with-a-dot": (3, "rests on.No. 1", "a key has no dot"),
    "key-that-is-a-truth-word": (3, f"{PARTY}.exclude.no", "take for true or false"),
    "text-with-a-comma": (4, "world.women.or a third", "a text with a comma needs quotes"),
    "circle": (2, "extends", "circle.yaml -> circle-back.yaml -> circle.yaml"),
    "circle-back": (3, "extends", "circle-back.yaml -> circle.yaml -> circle-back.yaml"),
    "circle-of-one": (2, "extends", "a circle: circle-of-one.yaml -> circle-of-one.yaml"),
    "extends-no-file": (2, "extends", "no such file: 'dprc.yaml'"),
    "extends-two-files": (2, "extends", "expected the name of one file"),
    "without-a-world": (1, "world", "give 'extends: dprk.yaml', or a world of your own"),
    "without-a-title": (1, "title", "'title' is missing"),
    "list-of-nothing": (1, "", "expected keys such as 'title:' and 'decrees:'"),
    "no-yaml": (3, "", "',' or ']': what is opened on line 2 is not closed, or a comma is missing"),
    "value-without-a-grade": (3, "world.women", "such as {value: 70%, low: …, high: …, source"),
    "cut-without-by": (
        3, f"{PARTY}.clauses.economic crime.then.reduce", "such as {by: 3 years}, found '3 years'"),
    "sign-of-a-book": (3, f"{PARTY}.exclude.late.served", "write '<=' for '≤'"),
    "tab": (4, "", "no YAML: found character that cannot start any token: a tab stands here"),
    "unquoted-comparison": (3, "", "a text that begins with '>' needs quotes, such as \">= 5 y"),
    "unquoted-comparison-in-a-block": (7, "", "a text that begins with '>' or '|' needs quotes"),
    "text-with-a-colon": (1, "", "in this context: a text that holds ': ' needs quotes"),
    "brace-that-is-left-open": (4, "", "what is opened on line 3 is not closed"),
    "quote-that-is-left-open": (3, "", "the quote that is opened on line 1 is not closed"),
    "colon-without-a-space": (
        4, f"{PARTY}.release.exile:null", "a colon after a key needs a space behind it"),
    "cap-in-a-clause": (
        3, f"{PARTY}.clauses.economic crime.cap", "it stands in a decree, beside 'clauses'"),
    "condition-in-a-decree": (3, f"{PARTY}.served", "'served' here: it stands below 'when'"),
    "alias-of-itself": (3, "rests on.number held", "an alias that contains itself"),
    "tag-of-a-language": (1, "title", "is not used here"),
    "empty": (0, "", "is empty; expected a scenario or a world"),
    "only-a-comment": (0, "", "is empty; expected a scenario or a world"),
}  # fmt: skip

SEVERAL = {
    "cap-without-reach": [
        (3, f"{PARTY}.cap.high", "expected a whole number, found 'many'"),
        (3, f"{PARTY}.cap.value", "no cap: 50"),
    ],
    "case-with-a-bare-sentence": [
        (6, f"{PARTY}.cases.a thief.then.trem", "did you mean 'term'?"),
        (6, f"{PARTY}.cases.a thief.who.sentence", "a length needs its unit"),
    ],
    "rests-on-a-wrong-patch": [
        (5, f"rests on.arrest drive.instead.{PARTY}.drive.arrests per release", "is missing"),
        (5, f"rests on.arrest drive.instead.{PARTY}.drive.within", "lasts at least 1 day"),
        (7, f"rests on.bar on earlier reductions.instead.{PARTY}.exclude.sentences",
         "null removes nothing"),
    ],
    "everything-at-once": [
        (3, "title", "stands here twice"),
        (5, "world.held.value", "expected a number, found 'many'"),
        (6, "world.women.source", "unknown source 'nobody'"),
        (9, f"{PARTY}.ordered", "2020-09-01 lies after 'lists_due'"),
        (11, f"{ECONOMIC}.then", "unknown effect 'relaese'"),
        (11, f"{ECONOMIC}.when.gravity", "did you mean 'petty'?"),
        (15, "decrees.second.granted", "2014-12-31 lies before the start of the world"),
        (18, "decrees.second.release.exile.origin", "'Seoul' is no origin"),
        (20, "rests on.number held.range of", "no key 'hold' under 'world': did you mean 'held'?"),
    ],
}  # fmt: skip


@cache
def problems_of(path):
    with pytest.raises(ScenarioError) as error:
        load(path)
    return error.value.problems


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_with_its_place_and_what_to_mend(name):
    line, path, words = MISTAKES[name]
    (problem,) = problems_of(WRONG / f"{name}.yaml")
    assert (Path(problem.file).name, problem.line, problem.path) == (f"{name}.yaml", line, path)
    assert words in problem.message


@pytest.mark.parametrize("name", SEVERAL)
def test_all_mistakes_of_a_file_are_told_at_once(name):
    problems = problems_of(WRONG / f"{name}.yaml")
    assert [(problem.line, problem.path) for problem in problems] == [
        (line, path) for line, path, _ in SEVERAL[name]
    ]
    for problem, (_, _, words) in zip(problems, SEVERAL[name], strict=True):
        assert words in problem.message


def test_every_wrong_file_is_asserted():
    assert {path.stem for path in WRONG.glob("*.yaml")} == {*MISTAKES, *SEVERAL}


def test_no_message_speaks_of_the_library_that_finds_it():
    jargon = re.compile(
        r"pydantic|validat|literal\[|function-|Input should|dict_type|NoneType", re.I
    )
    for path in WRONG.glob("*.yaml"):
        for problem in problems_of(path):
            assert not jargon.search(str(problem)), problem


def test_a_folder_a_binary_file_and_no_file_are_refused(tmp_path):
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(bytes(range(256)))
    expected = {
        tmp_path: "is a folder; expected a YAML file",
        binary: "is no UTF-8 text; expected YAML",
        tmp_path / "none.yaml": "no such file",
    }
    for path, message in expected.items():
        assert problems_of(path) == (Problem(str(path), 0, "", message),)
    assert [path.name for path in tmp_path.iterdir()] == ["binary.yaml"]


def test_a_message_names_file_line_path_and_mistake():
    problem = Problem("a.yaml", 3, "world.held", "'unit' is missing")
    assert str(problem) == "a.yaml:3: world.held: 'unit' is missing"
    assert str(Problem("a.yaml", 0, "", "is empty")) == "a.yaml: is empty"


def test_problems_are_told_in_the_order_of_the_file_and_once():
    later, earlier = Problem("a", 9, "x", "m"), Problem("a", 2, "y", "m")
    error = ScenarioError([later, earlier, later])
    assert error.problems == (earlier, later)
    assert str(error) == "a:2: y: m\na:9: x: m"


def test_the_nearest_word_is_suggested_and_long_lists_are_cut():
    assert nearest("offense", ["offence", "origin"]) == "did you mean 'offence'?"
    assert nearest("xyz", ["b", "a"]) == "expected one of: a, b"
    assert nearest("xyz", []) == "nothing is expected here"
    assert (
        nearest("?", [f"w{i:02}" for i in range(40)]) == "expected one of 40, such as w00, w01, w02"
    )
    assert shown("x" * 100) == "'" + "x" * 57 + " …"


# --- Files that are right.


@pytest.fixture(scope="module")
def shipped():
    return {path.stem: load(path) for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_loads(path):
    scenario = load(path)
    assert isinstance(scenario, Scenario)
    assert scenario.name == path.stem
    assert (scenario.world.start, scenario.world.end) == (date(2015, 1, 1), date(2026, 1, 1))


def test_a_shipped_file_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load("2020-anniversary.yaml").title.endswith("as announced")


def test_titles_tell_the_shipped_files_apart(shipped):
    titles = [scenario.title for scenario in shipped.values()]
    assert len(set(titles)) == len(titles)


def test_every_shipped_decree_has_cases(shipped):
    for scenario in shipped.values():
        for name, decree in scenario.decrees.items():
            assert decree.cases, (scenario.name, name)
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


def test_every_source_is_used_and_none_is_cited_twice_over():
    text = (shipped_folder() / "sources.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE)
    assert len(set(keys)) == len(keys)
    files = [path.read_text(encoding="utf-8") for path in shipped_folder().rglob("*.yaml")]
    words = {word for file in files for word in re.findall(r"[\w-]+", file)}
    assert set(keys) <= words


def test_every_source_has_author_title_date_address_and_note():
    text = (shipped_folder() / "sources.bib").read_text(encoding="utf-8")
    entries = re.split(r"^@", text, flags=re.MULTILINE)[1:]
    for entry in entries:
        fields = re.findall(r"^\s+(\w+)\s*=", entry, re.MULTILINE)
        assert {"author", "title", "year", "url", "note"} <= set(fields), entry


def test_the_worlds_have_their_camps_and_stocks(shipped):
    small, large = shipped["dprk"].world, shipped["dprk-70k"].world
    assert (len(small.camps), small.held.value) == (12, 36000)
    assert sum(camp.size.value for camp in small.camps.values()) == 36000
    assert (len(large.camps), large.held.value) == (19, 70000)
    assert large.offences == small.offences
    assert list(large.camps)[:12] == list(small.camps)


def test_a_scenario_can_be_set_in_another_world(shipped):
    there = load("2020-anniversary.yaml", world="dprk-70k.yaml")
    assert there.world == shipped["dprk-70k"].world
    assert there.decrees == shipped["2020-anniversary"].decrees
    assert there.title == shipped["2020-anniversary"].title


def test_a_decree_beside_its_world_stays_when_the_world_is_changed(tmp_path, shipped):
    text = (shipped_folder() / "dprk.yaml").read_text(encoding="utf-8")
    decree = """
decrees:
  own:
    source: dailynk-2020-07
    grade: A
    granted: 2020-10-10
    clauses: {everybody: {when: {served: ">= 1 day"}, then: release}}
"""
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("Twelve prisons, 36,000 held", "Own", 1) + decree, encoding="utf-8")
    there = load(own, world="dprk-70k.yaml")
    assert (there.title, list(there.decrees)) == ("Own", ["own"])
    assert there.world == shipped["dprk-70k"].world


def test_sources_are_those_of_every_folder_in_the_chain(tmp_path):
    shutil.copy(shipped_folder() / "no-pardon.yaml", tmp_path / "base.yaml")
    (tmp_path / "sources.bib").write_text("@misc{own-2025, title = {Own}}\n", encoding="utf-8")
    (tmp_path / "base.yaml").write_text(
        "title: Base\nextends: dprk.yaml\nworld: {women: {source: own-2025}}\n", encoding="utf-8"
    )
    below = tmp_path / "below"
    below.mkdir()
    (below / "own.yaml").write_text("title: Own\nextends: ../base.yaml\n", encoding="utf-8")
    assert load(below / "own.yaml").world.women.source == ("own-2025",)


def write(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    "patch",
    [
        "title: Another title",
        "note: A remark",
        "decrees: {party-75th: {note: A remark, grade: B, status: reported}}",
        "decrees: {party-75th: {cases: {a petty thief is freed on his second day: null}}}",
        "rests on: {number held: null}",
        "world: {women: {source: kinu-2016, grade: A, low: 20%}}",
        "decrees: {party-75th: {granted: {between: [2020-10-02, 2020-10-09]}}}",
    ],
)
def test_what_decides_no_result_leaves_the_address(tmp_path, shipped, patch):
    title = "" if patch.startswith("title") else "title: Own\n"
    own = write(tmp_path, f"{title}extends: 2020-anniversary.yaml\n{patch}\n")
    assert own.address == shipped["2020-anniversary"].address


@pytest.mark.parametrize(
    "patch",
    [
        "world: {women: {value: 28%}}",
        "world: {start: 2015-01-02}",
        "decrees: {party-75th: {granted: {value: 2020-10-07}}}",
        "decrees: {party-75th: {cap: 50 per camp}}",
        "decrees: {party-75th: {release: {escort: false}}}",
    ],
)
def test_what_decides_a_result_changes_the_address(tmp_path, shipped, patch):
    own = write(tmp_path, f"title: Own\nextends: 2020-anniversary.yaml\n{patch}\n")
    assert own.address != shipped["2020-anniversary"].address


def test_the_order_of_clauses_decides(tmp_path):
    head = "extends: dprk.yaml\ndecrees:\n  d:\n    source: assumption\n    grade: C\n"
    dates = "    granted: {value: 2020-10-10, between: [2020-10-10, 2020-10-10]}\n    clauses:\n"
    one = "      a: {when: {sex: women}, then: release}\n"
    other = '      b: {when: {served: ">= 1 day"}, then: release}\n'
    first = write(tmp_path, f"title: A\n{head}{dates}{one}{other}")
    second = write(tmp_path, f"title: A\n{head}{dates}{other}{one}")
    assert first.address != second.address


def test_an_error_of_a_later_step_is_placed_in_the_files(shipped):
    error = shipped["2020-no-exile"].problem(("world", "held", "value"), "too many")
    (problem,) = error.problems
    assert Path(problem.file).name == "dprk.yaml"
    assert problem.line == shipped["dprk"].tree.at(("world", "held", "value")).line
    assert str(problem).endswith("world.held.value: too many")


def test_another_world_brings_no_decrees(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("title: Other\nextends: 2020-anniversary.yaml\nworld: {name: other}\n")
    assert load("no-pardon.yaml", world=other).decrees == {}
    assert list(load("customary.yaml", world=other).decrees) == ["customary"]


@pytest.mark.parametrize("name", ["note", "source", "value", "cases"])
def test_a_name_is_no_key_of_the_language(tmp_path: Path, name: str) -> None:
    file = tmp_path / "named.yaml"
    file.write_text(
        "title: Named\nextends: 2020-anniversary.yaml\n"
        f"decrees: {{party-75th: {{exclude: {{{name}: {{when: {{offence: theft}}}}}}}}}}\n"
    )
    with pytest.raises(ScenarioError, match="choose another name"):
        load(file)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("when: {offence: theft}", "when: {offence: not theft}", "'not theft': write {not: theft}"),
        ("when: {offence: theft}", "when: {offence: violent}", "a tag; write {tag: violent}"),
        ("when: {offence: theft}", "when: {or: [{sex: men}]}", "written as a list of them"),
        ("when: {offence: theft}", "when: {recidivist: true}", "asks is a flag of the world"),
        (
            "when: {offence: theft}", "when: {served: '>= 1/2 of sentence'}",
            "ask a share of 'served share of sentence', such as '>= 1/2'",
        ),
        (
            "when: {offence: theft}", "when: {served share: '>= 50% of term'}",
            "ask a share of 'served share', such as '>= 50%'",
        ),
        (
            "then: release", "then: [release, expunge]",
            "stands in one mapping, such as {release: true, expunge: true}",
        ),
        (
            "then: release", "then: {release point: {fraction: 1/2}}",
            "exclusion 'the young': 'age' on a named day cannot be asked of those to come, only",
        ),
        (
            "then: release", "then: {reduce: {by: 2 days per day of sentence}}",
            "no amount: '2 days per day of sentence'; expected such as",
        ),
        (
            "then: release",
            "then: {reduce: {by: {value: 1/4 of sentence, low: 1/5 of sentence, high: 1/3}}}",
            "the range of an amount is of its number alone: write 1/5",
        ),
        ("cap: none", "revived if: {within: 1 year}", "it stands below 'then' of a clause"),
        ("cap: none", "reach: 2019-01-01", "such as {offences until: 2020-07-01}, found"),
        ("cap: none", "random: {rate: 1}", "'granted' and 'random' exclude each other"),
        ("who: {served", "who: {age: 60, served", "of a case write 'born' or 'age at offence'"),
        ("who: {served", "who: {wealthy: true, served", "of the world stands below 'flags'"),
    ],
)  # fmt: skip
def test_what_is_often_written_is_told_how_to_be_said(tmp_path, old, new, told):
    text = (
        "title: T\nextends: laws/three-prisons.yaml\ndecrees:\n  d:\n    source: dailynk-2020-07\n"
        "    grade: A\n    granted: 2010-10-08\n    cap: none\n"
        "    exclude: {the young: {age on grant: '< 18 years'}}\n"
        "    clauses: {c: {when: {offence: theft}, then: release}}\n"
        "    cases: {k: {who: {served: 1 year}, then: released}}\n"
    )
    write(tmp_path, text)
    assert old in text
    file = tmp_path / "own.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = problems_of(file)
    assert [told in problem.message for problem in found] == [True]


def test_keys_are_told_to_stand_where_they_may():
    """The places that messages name are those of the language."""
    models = {
        "in a decree, beside 'clauses'": Decree, "in a clause, beside 'when'": Clause,
        "below 'release' of a decree": Afterwards, "below 'then' of a clause": Effect,
    }  # fmt: skip
    for place, model in models.items():
        keys = {field.alias or name for name, field in model.model_fields.items()}
        assert set(BELOW[place]) <= keys, place
    (attributes,) = BELOW.keys() - models.keys()

    def told(name):
        try:
            return str(ConditionReader({}).read({name: "> nothing of the kind"}))
        except ValueError as error:
            return str(error)

    assert "unknown attribute" in told("servd")
    assert [name for name in BELOW[attributes] if "unknown attribute" in told(name)] == []
