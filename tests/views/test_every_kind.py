"""Every kind of field is a kind of argument too, from a form and from JSON alike."""

from datetime import date
from datetime import datetime
from datetime import UTC
from decimal import Decimal
from enum import Enum
from typing import Annotated
from typing import Literal

import pytest

from objpub import Email
from objpub import field
from objpub import File
from objpub import Markdown
from objpub import Record
from objpub import Ref
from objpub import RichText
from objpub import Secret
from objpub import testing
from objpub import URL
from objpub import view
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.content import Upload
from objpub.schema import parameters_of
from objpub.schema.kind import Kind


class Colour(Enum):
    """A choice."""

    TEAL = "teal"


class Point(Record):
    """A group."""

    x: int
    near: Ref[Folder] | None = None


NEWS = object()  # stands for the folder /news
#: annotation, what a form sends, what JSON sends, the argument.
KINDS = {
    "line": (str, " a ", "a", "a"),
    "text": (Annotated[str, field(multiline=True)], "a\r\nb", "a\nb", "a\nb"),
    "rich": (RichText, "<b>a</b><script>", "<b>a</b><script>", "<b>a</b>"),
    "markdown": (Markdown, "*a*", "*a*", "*a*"),
    "email": (Email, "a@example.org", "a@example.org", "a@example.org"),
    "url": (URL, "https://example.org/", "https://example.org/", "https://example.org/"),
    "secret": (Secret, " s ", " s ", " s "),
    "whole": (int, "7", 7, 7),
    "real": (float, "0.5", 0.5, 0.5),
    "exact": (Decimal, "0.10", "0.10", Decimal("0.10")),
    "yes": (bool, "on", True, True),
    "day": (date, "2026-11-21", "2026-11-21", date(2026, 11, 21)),
    "moment": (datetime, "2026-07-01T12:00", "2026-07-01T12:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
    "member": (Colour, "teal", "teal", Colour.TEAL),
    "literal": (Literal["a", "b"], "b", "b", "b"),
    "chosen": (Annotated[int, field(choices={1: "One"})], "1", 1, 1),
    "list": (tuple[int, ...], ["1", "2"], [1, 2], (1, 2)),
    "set": (frozenset[str], ["a", "b"], ["a", "b"], frozenset({"a", "b"})),
    "reference": (Ref[Folder], "/news", "/news", NEWS),
    "references": (tuple[Ref[Folder], ...], ["/news"], ["/news"], (NEWS,)),
    "none": (int | None, "", None, None),
    "record": (Point, {"x": "1", "near": "/news"}, {"x": 1, "near": "/news"}, (1, NEWS)),
}


FILES = {"file": File, "image": Image, "upload": Upload}


def taking(name, annotation, got):
    """Return a view with an argument of that kind, which puts it into *got*."""

    def take(site, request, value):
        got.append(value)
        return "taken"

    take.__annotations__["value"] = annotation
    return view(Site, name, method="POST", permission="public")(take)


@pytest.fixture(scope="module")
def ask():
    """Give a function (name of a kind, form, files, JSON) → what the view got, or the status of a refusal."""
    got = []
    kinds = {name: annotation for name, (annotation, *_) in KINDS.items()} | FILES
    with testing.site(*(taking(name, annotation, got) for name, annotation in kinds.items())) as site:
        with site.work() as root:
            root.time_zone = "Europe/Copenhagen"
            root.add("news", Folder())
            root.add("hidden", Folder())._permissions = {"view": frozenset({"manager"})}

        def asked(name, data=None, **more):
            got.clear()
            answer = site.client.post(f"/{name}", data, **more)
            return seen(got[0]) if answer.status == 200 else answer.status

        yield asked


def seen(value):
    """Return *value* in a form that outlives the request."""
    if isinstance(value, Point):
        return seen((value.x, value.near))
    if isinstance(value, tuple):
        return tuple(map(seen, value))
    return NEWS if isinstance(value, Folder) and value.__name__ == "news" else value


@pytest.mark.parametrize("name", KINDS)
def test_it_comes_from_a_form(name, ask):
    _, sent, _, wanted = KINDS[name]
    data = {f"value.{key}": each for key, each in sent.items()} if isinstance(sent, dict) else {"value": sent}
    assert ask(name, data) == wanted


@pytest.mark.parametrize("name", KINDS)
def test_it_comes_from_json(name, ask):
    _, _, sent, wanted = KINDS[name]
    assert ask(name, json={"value": sent}) == wanted


@pytest.mark.parametrize("name", ["file", "upload"])
def test_files_come_from_a_form_only(name, ask):
    assert isinstance(ask(name, files={"value": ("a.txt", b"tides")}), FILES[name])
    assert ask(name, json={"value": "a.txt"}) == 400


@pytest.mark.parametrize("path", ["/hidden", "/nothing", "", "/news/.."])
def test_a_path_leads_to_what_may_be_seen_only(path, ask):
    assert ask("reference", {"value": path}) == 400
    assert ask("record", {"value.x": "1", "value.near": path}) == ((1, None) if path == "" else 400)


def test_every_kind_is_tried_here():
    def below(kind):
        return {kind, *(found for each in kind.__subclasses__() for found in below(each))}

    def kind_for(annotation):
        return type(parameters_of(taking("x", annotation, []))["value"].kind)

    tried = {kind_for(annotation) for annotation in (*(each[0] for each in KINDS.values()), *FILES.values())}
    own = {each for each in below(Kind) if each.__module__.startswith("objpub.")}
    assert {each.__name__ for each in own - tried} <= {
        "Kind",
        "Bounded",
        "GroupKind",  # of fields of resources; arguments have records
        "Linked",
        "Several",
        "Listed",
        "ImageKind",
    }
