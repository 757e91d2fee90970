"""Every parser of bytes from outside, given nonsense and spoiled good input: a value or an error of ours, and nothing else.

The same targets as ``make fuzz``, which goes on for longer and is led by what code it reaches.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds


def spoiled(target: str) -> st.SearchStrategy[bytes]:
    """A good input, cut, with bytes of another put in."""
    good = list(seeds(target))
    return st.builds(
        lambda one, start, length, put: one[: start % (len(one) + 1)] + put + one[start % (len(one) + 1) + length :],
        st.sampled_from(good),
        st.integers(0, 5000),
        st.integers(0, 40),
        st.binary(max_size=40) | st.sampled_from(good).map(lambda one: one[:200]),
    )


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_are_read(target: str) -> None:
    assert list(seeds(target))
    for data in seeds(target):
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_comes_is_borne(target: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.binary(max_size=300) | spoiled(target))
    def bears(data: bytes) -> None:
        TARGETS[target](data)

    bears()
