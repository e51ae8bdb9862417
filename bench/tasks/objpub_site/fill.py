"""Fill the site in this folder: python fill.py MATERIAL PICTURES PASSWORD."""

import html
import json
import sys
from pathlib import Path

from desk import Album
from desk import Article
from desk import Section

from objpub import App
from objpub import Image
from objpub.catalog import find
from objpub.operations import add_new
from objpub.operations import add_user
from objpub.operations import delete
from objpub.operations import transition
from objpub.security import SYSTEM
from objpub.settings import load_settings

PEOPLE = {"ines": ["manager"], "tomas": [], "nora": []}
TITLES = {"ines": "Ines Okafor", "tomas": "Tomas Lind", "nora": "Nora Weiss"}
AT_ONCE = 1_000  # in a transaction
ALBUMS = ("gallery", "images")
LIT = '<p>{text}</p><p><img src="/images/lighthouse" alt="A lighthouse" /></p>'


def folder_of(site, place):
    """Return the folder that *place*, names from the top, stands in."""
    found = site
    for name in place[:-1]:
        found = found[name]
    return found


def put(site, line, pictures):
    """Add what a *line* of the material says."""
    folder, name, title = folder_of(site, line["place"]), line["place"][-1], line["title"]
    if line["kind"] == "folder":
        add_new(SYSTEM, folder, Album if name in ALBUMS else Section, {"title": title}, name)
    elif line["kind"] == "image":
        image = Image.from_path(pictures / "lighthouse.jpg", title=title, alt="A lighthouse")
        folder.add(name, image)
    else:
        text = html.escape(line["text"])
        text = LIT.format(text=text) if line["kind"] == "lit" else f"<p>{text}</p>"
        article = add_new(SYSTEM, folder, Article, {"title": title, "text": text}, name)
        transition(SYSTEM, article, "submit" if line["kind"] == "waiting" else "publish")


def main(material, pictures, password):
    """Do it, in several transactions."""
    app = App("desk")
    application = app.open(load_settings(Path("objpub.toml"), {}))
    with application.work() as site:
        site.title = "Almanac"
        for name, roles in PEOPLE.items():
            add_user(SYSTEM, site, name, password, roles=roles, title=TITLES[name])
    lines = sorted(
        map(json.loads, Path(material).read_text().splitlines()), key=lambda each: each["kind"] == "lit"
    )
    for start in range(0, len(lines), AT_ONCE):
        with application.work(sentence="Filled the site") as site:
            for line in lines[start : start + AT_ONCE]:
                put(site, line, Path(pictures))
    with application.work() as site:
        delete(SYSTEM, site["desk"]["deleted"])
    with application.work() as site:  # the words of all texts are collected when they are asked for first
        find(SYSTEM, site, text="tide")
    application.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
