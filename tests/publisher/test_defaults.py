"""The pages of what a site declares no view of its own for, and the images on them."""

import io
import re
from typing import Literal

import pytest
from PIL import Image as Picture

from objpub import Content
from objpub import field
from objpub import Image
from objpub import testing
from objpub.importing import import_folder
from objpub.security import SYSTEM


class Walk(Content, addable="anywhere"):
    title: str
    hours: int = field(default=0)
    photo: Image | None = None
    effort: Literal["e", "h"] = field(default="e", choices={"e": "An easy one", "h": "Hard work"})
    seen: frozenset[Literal["tide", "bird"]] = field(
        default=frozenset(), choices={"tide": "The tide", "bird": "Birds"}
    )


def png(width):
    data = io.BytesIO()
    Picture.new("RGB", (width, width // 2), "teal").save(data, "PNG")
    return data.getvalue()


def attributes(html):
    return dict(re.findall(r' ([a-z]+)="([^"]*)"', re.search("<img[^>]*>", html)[0]))


@pytest.fixture
def imported(tmp_path):
    """A site with two documents of a folder, one of them with images."""
    tmp_path.joinpath("marsh.png").write_bytes(png(700))
    front = "---\ntags: [mud]\nweight: 3\nlayout: wide\naliases: [/old]\nlinktitle: Short\n---\n"
    text = "# Tides\n\n![The marsh](marsh.png) ![Gone](gone.png) ![Far](https://example.org/far.png)\n"
    tmp_path.joinpath("tides.md").write_text(front + text)
    with testing.site("objpub.importing") as site:
        with site.work() as root:
            import_folder(root, tmp_path, "/notes", identity=SYSTEM)
        yield site


def test_a_document_shows_what_it_says_and_not_how_it_is_kept(imported):
    page = imported.client.get("/notes/tides").text
    assert "<dd>mud</dd>" in page
    for unwanted in ("Written in", "Weight", "Other values", "wide", "Aliases", "/old", "Short title"):
        assert unwanted not in page


def test_an_image_in_a_document_comes_in_sizes(imported):
    page = imported.client.get("/notes/tides").text
    seen = attributes(page)
    assert seen["src"] == "/notes/marsh.png"
    assert seen["alt"] == "The marsh"
    assert seen["srcset"] == (
        "/notes/marsh.png/scale/small 320w, /notes/marsh.png/scale/medium 640w,"
        " /notes/marsh.png/scale/large 700w"
    )
    assert (seen["width"], seen["height"], seen["loading"]) == ("700", "350", "lazy")
    assert page.count("srcset") == 1
    assert imported.client.get("/notes/marsh.png/scale/large").status == 200


def test_an_image_of_a_document_is_below_the_prefix_of_the_site(imported):
    page = imported.client.get("/notes/tides", environ={"SCRIPT_NAME": "/coast"}).text
    assert attributes(page)["src"] == "/coast/notes/marsh.png"
    assert attributes(page)["srcset"].startswith("/coast/notes/marsh.png/scale/small 320w")


def test_an_image_of_a_field_is_shown_in_sizes():
    with testing.site(Walk) as site:
        with site.work() as root:
            photo = Image.from_bytes(png(400), "a.png")
            photo.alt = 'Mud "and" <water>'
            root.add("marsh", Walk(title="The marsh", photo=photo))
        seen = attributes(site.client.get("/marsh").text)
        assert seen["src"] == "/marsh/photo"
        assert seen["alt"] == "Mud &quot;and&quot; &lt;water&gt;"
        assert seen["srcset"] == "/marsh/photo/scale/small 320w, /marsh/photo/scale/medium 400w"


def test_what_was_chosen_is_shown_as_people_call_it():
    with testing.site(Walk) as site:
        with site.work() as root:
            root.add("walk", Walk(title="Along the shore", effort="h", seen={"bird", "tide"}))
            root.add("stroll", Walk(title="A stroll"))
        text = site.client.get("/walk").text
        assert "<dd>Hard work</dd>" in text
        assert "<dd>The tide, Birds</dd>" in text
        assert "<dd>An easy one</dd>" in site.client.get("/stroll").text
