"""What happened is told to those who asked."""

import pytest

from objpub import events
from objpub.configuration import Configuration
from objpub.errors import DeclarationError
from objpub.events import Added
from objpub.events import Event
from objpub.events import Modified
from objpub.events import notify
from objpub.events import on
from objpub.events import Subscribers


class Page:
    pass


class Special(Page):
    pass


def frozen(*subscribers):
    configuration = Configuration()
    configuration.include(*subscribers)
    return configuration.freeze()


def test_subscribers_are_asked_by_event_and_class_in_the_order_of_their_declaration():
    told = []
    everything = on(Event)(lambda event: told.append("everything"))
    pages = on(Modified, Page)(lambda event: told.append("page"))
    special = on(Modified, Special)(lambda event: told.append(("special", event.changed)))
    added = on(Added, Page)(lambda event: told.append("added"))
    registry = frozen(everything, pages, special, added)
    notify(registry, Modified(Special(), frozenset({"title"})))
    assert told == ["everything", "page", ("special", {"title"})]
    told.clear()
    notify(registry, Modified(Page(), frozenset()))
    notify(registry, Added(Page(), None))
    notify(registry, Modified("text", frozenset()))
    assert told == ["everything", "page", "everything", "added", "everything"]


def test_without_a_registry_nobody_is_told():
    notify(None, Added(Page(), None))


def test_what_a_subscriber_raises_passes_and_ends_the_telling():
    told = []

    @on(Added)
    def refuse(event):
        raise KeyError("no")

    registry = frozen(refuse, on(Added)(lambda event: told.append(event)))
    with pytest.raises(KeyError):
        notify(registry, Added(Page(), None))
    assert told == []


def test_a_subscriber_is_still_the_function():
    @on(Added, Page)
    def subscriber(event):
        return "called"

    assert subscriber(None) == "called"


def test_one_function_may_ask_for_several_events():
    told = []

    @on(Added, Page)
    @on(Modified, Page)
    def both(event):
        told.append(type(event))

    registry = frozen(both)
    notify(registry, Added(Page(), None))
    notify(registry, Modified(Page(), frozenset()))
    assert told == [Added, Modified]


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        ("Added", Page, "wants an event class"),
        (Page, Page, "wants an event class"),
        (Added, "Page", "second argument"),
    ],
)
def test_a_mistake_stops_the_start_and_names_the_line(event, kind, words):
    with pytest.raises(DeclarationError) as caught:
        frozen(on(event, kind)(lambda event: None))
    assert words in str(caught.value)
    assert __file__ in str(caught.value)


def test_a_subscriber_that_comes_later_is_found():
    table = Subscribers()
    assert table.find(Added, Page) == ()
    table.put(Added, Page, print)
    assert table.find(Added, Page) == (print,)


def test_events_are_values():
    page = Page()
    assert Added(page, None) == Added(page, None)
    for kind in vars(events).values():
        if isinstance(kind, type) and issubclass(kind, Event):
            assert kind.__doc__ and kind.__dataclass_params__.frozen
