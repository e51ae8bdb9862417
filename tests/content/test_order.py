import pytest

from objpub.content.order import Order


def crowded(positions):
    """An order in which names stand at these positions."""
    order = Order()
    for name, position in positions.items():
        order._put(name, position)
    return order


@pytest.mark.parametrize(
    "positions",
    [
        {"a": 0, "b": 1, "c": 2, "d": 3},  # no room up to the end
        {"a": 0, "b": 1, "c": 2, "d": 2**40},  # room behind the crowd
        {"a": -(2**40), "b": 0, "c": 3, "d": 2**40},
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_crowd_makes_room(positions, before):
    order = crowded({**positions, "x": 2**50})
    if before:
        order.move_before("x", "b")
    else:
        order.move_after("x", "a")
    assert list(order) == ["a", "x", "b", "c", "d"]
    assert {name: order.position_of(name) for name in order} == {
        name: position for position, name in order.by_position.items()
    }
    assert order.position_of("a") == positions["a"]


def test_names_come_and_go():
    order = Order()
    order.append("a")
    order.append("b")
    assert "a" in order
    order.rename("a", "c")
    assert list(order) == ["c", "b"]
    order.remove("c")
    assert list(order) == ["b"]
    assert "c" not in order
    order.move_first("b")
    order.move_last("b")
    assert list(order) == ["b"]
    for wrong in (order.remove, order.move_first, order.move_last, order.position_of):
        with pytest.raises(KeyError):
            wrong("nothing")
    for wrong in (order.move_before, order.move_after):
        with pytest.raises(KeyError):
            wrong("b", "nothing")
    assert list(order) == ["b"]
