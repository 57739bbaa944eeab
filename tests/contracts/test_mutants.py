"""The list of mutants that change nothing is of mutants that there are."""

from tests.mutants.known import entries, names
from tests.mutants.mutations import mutants
from tests.mutants.run import ROOT


def test_every_mutant_that_is_known_to_change_nothing_is_there():
    """Else its reason would be told of code that is gone."""
    listed = entries()
    found = [mutant for file in {one["file"] for one in listed} for mutant in mutants(ROOT / file)]
    assert [one for one in listed if not any(names(one, mutant) for mutant in found)] == []
