"""The short form of what others notice while something long goes on."""

from tests.parts import of_interface
from tests.scenario.long import measure


@of_interface
def test_each_comes_to_its_end_beside_who_reads_and_saves():
    said = []
    ends = measure(120, said.append)
    assert set(ends.values()) == {"done"} and len(ends) == 8
    assert not [line for line in said if "refused" in line and line.count(" 0 refused") != 2]
