"""Whether a rule can be met, and whether it is met by nothing."""

import pytest

from monitor import soundness
from monitor.conditions import AllOf, AnyOf, Condition, Mention, Near, Not


def M(term: int) -> Mention:
    return Mention(term, str(term))


@pytest.mark.parametrize(
    ("condition", "possible", "empty"),
    [
        (M(1), True, False),
        (Not(M(1)), True, True),
        (AllOf((M(1), Not(M(1)))), False, False),
        (AllOf((AnyOf((M(1), M(2))), Not(M(1)))), True, False),
        (AllOf((AnyOf((M(1), M(2))), Not(M(1)), Not(M(2)))), False, False),
        (AllOf((AnyOf((M(1), Not(M(2)))), AnyOf((Not(M(1)), M(2))))), True, True),
        (AllOf((Near((M(1), M(2)), 3), Not(M(2)))), False, False),
        (AllOf((M(1), M(2), Not(Near((M(1), M(2)), 3)))), True, False),
        (Not(Not(M(1))), True, False),
        (AllOf(tuple(M(n) for n in range(3000))), True, False),
        (AnyOf(tuple(AllOf((M(n), Not(M(n)))) for n in range(8))), False, False),
    ],
)
def test_whether_a_rule_can_be_met(condition: Condition, *, possible: bool, empty: bool) -> None:
    assert soundness.can_be_met(condition) is possible
    assert soundness.met_by_nothing(condition) is empty
