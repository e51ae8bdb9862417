"""The pictures of the management interface in the README: `python -m tests.manage.pictures` takes them anew.

They show objpub's own documentation, as `make serve` does, and two people who work on it.
"""

import io
import pathlib

from PIL import Image

from objpub import testing
from objpub.demo import documentation_folder
from objpub.demo.filling import arrange
from objpub.demo.filling import PLACE
from objpub.importing import import_folder
from objpub.operations import edit
from tests.browsing import chromium
from tests.browsing import served

IMAGES = pathlib.Path(__file__).parents[2] / "docs" / "images"
SIZE = {"width": 1280, "height": 860}
PEOPLE = {"ines": "Ines Okafor", "tomas": "Tomas Lind"}
FOLDER = f"/manage/{PLACE}/howto/"
PAGE = f"{FOLDER}people-and-roles/@@edit"
BEFORE = "Who may do what: people, groups and roles."
TITLES = ("People, groups and roles", "Who may do what")  # of Tomas, of Ines
DESCRIPTIONS = (
    "Who may do what: people, groups, and the roles that they hold.",
    "Who may do what here, and why: people, groups and roles.",
)


def settle(site):
    """Give *site* its people and its pages, brought by one of them."""
    for name in PEOPLE:
        site.add_user(name, roles=["manager"])
    with site.work() as root:
        for name, title in PEOPLE.items():
            root.users.get(name).title = title
        identity = root.users.identity("ines")
    import_folder(site.application.database, documentation_folder(), f"/{PLACE}", identity=identity)
    with site.work() as root:
        root.title = "objpub"
        arrange(root[PLACE])
        edit(identity, root[PLACE]["howto"]["people-and-roles"], {"description": BEFORE})


def page_of(site, browser, address, name):
    """Return a page of a browser where *name* is signed in."""
    context = browser.new_context(base_url=address, viewport=SIZE, color_scheme="light")
    client = site.browser().login(name)
    context.add_cookies(
        [{"name": each, "value": client.cookies[each], "url": address} for each in client.cookies]
    )
    return context.new_page()


def take_contents(ines):
    """A folder with the tree at its side, and two pages selected."""
    ines.goto(FOLDER)
    for number in (2, 4):
        ines.locator(".pick").nth(number).check()
    ines.mouse.move(0, 0)
    save(ines, "contents")


def take_merge(ines, tomas):
    """A page that two people have changed at once."""
    for page, title, text in zip((tomas, ines), TITLES, DESCRIPTIONS, strict=True):
        page.locator("[name=title]").fill(title)
        page.locator("[name=description]").fill(text)
    for page in (tomas, ines):
        with page.expect_navigation():
            page.locator("#form .save button").first.click()
    save(ines, "merge")


def save(page, name):
    """Keep what *page* shows as a small PNG: 256 colours are enough for an interface."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    file = IMAGES / f"{name}.png"
    picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size:,} bytes")


def main():
    """Serve the documentation for a moment, and take all pictures."""
    with (
        testing.site("objpub.demo", "objpub.importing", file=True) as site,
        served(site) as address,
        chromium() as browser,
    ):
        settle(site)
        ines, tomas = (page_of(site, browser, address, name) for name in PEOPLE)
        take_contents(ines)
        ines.goto(PAGE)
        tomas.goto(PAGE)
        take_merge(ines, tomas)


if __name__ == "__main__":
    main()
