"""The rules' own examples notice when a condition is changed: benchmarks/mutants.py prints the same figures."""

from __future__ import annotations

from benchmarks import mutants
from tests.analysis import oracle
from whichcompute.knowledge import facts, packs


def test_the_examples_kill_at_least_95_percent_of_the_mutants() -> None:
    made, dead, alive = mutants.survivors(packs.load(facts.load()))
    assert dead.total() >= mutants.TARGET * made.total(), [rule.id for _, rule, _ in alive]


def test_each_way_to_change_a_condition_is_tried() -> None:
    rule = oracle.rule_of(["max_duration_s > 900", "os in ['linux', 'any']"], 0)
    told = [
        (kind, [c.op for c in mutant.conditions], [c.operand for c in mutant.conditions])
        for kind, mutant in mutants.mutants(rule)
    ]
    kinds = [kind for kind, _, _ in told]
    assert kinds.count("dropped") == 2 and kinds.count("flipped") == 4
    assert kinds.count("shifted") == 2 and kinds.count("word dropped") == 2


def test_a_mutant_that_fires_on_the_same_workloads_is_no_mutant() -> None:
    rule, same = oracle.rule_of(["gpus > 0"], 0), oracle.rule_of(["gpus >= 1"], 0)
    assert not mutants.differs(rule, same) and mutants.differs(rule, oracle.rule_of(["gpus > 1"], 0))
