"""Take pictures of objpub's pages beside Wagtail's matching ones, wide and narrow, light and dark.

python -m bench.tasks.show FOLDER              of the sites that `python -m bench.tasks FOLDER` has filled
python -m bench.tasks.show FOLDER --most 200   of those with 200 pages of each documentation only

They come into FOLDER/pictures-of: one for each page, width and colours, objpub at the left, Wagtail at the
right, where it has such a page.
"""

import argparse
import io
import sqlite3
import sys
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from tests.browsing import chromium
from tests.browsing import SCREENS

from .__main__ import prepared
from .doing import HANDS
from .hand import Hand

HEIGHT, GAP = 900, 24
OBJPUB = {
    "dashboard": "/manage/@@dashboard",
    "contents": "/manage/desk/",
    "edit": "/manage/desk/waiting/@@edit",
    "security": "/manage/desk/people/@@security",
    "references": "/manage/images/lighthouse/@@references",
    "review": "/manage/@@review",
    "database": "/manage/@@database",
    "errors": "/manage/@@errors",
    "slow": "/manage/@@observatory",
}


def wagtail_pages(folder):
    """Return the matching pages of Wagtail; it has none of the database, of errors and of slow pages."""
    with sqlite3.connect(folder / "db.sqlite3") as database:
        rows = database.execute("SELECT slug, id FROM wagtailcore_page WHERE slug IN ('desk', 'waiting')")
        numbers = dict(rows.fetchall())
    return {
        "dashboard": "/admin/",
        "contents": f"/admin/pages/{numbers['desk']}/",
        "edit": f"/admin/pages/{numbers['waiting']}/edit/",
        "security": "/admin/groups/edit/1/",
        "references": "/admin/images/usage/1/",
        "review": "/admin/reports/workflow_tasks/",
    }


def picture(page, path, width, theme):
    """Return what *page* shows at *path*."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")


def beside(pictures):
    """Return *pictures*, of one size, as one."""
    width, height = pictures[0].size
    both = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for number, each in enumerate(pictures):
        both.paste(each, (number * (width + GAP), 0))
    return both


def main(words=None):
    """Serve both sites, and take all pictures."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.tasks.show", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=None)
    chosen = parser.parse_args(words)
    folder = chosen.folder.resolve()
    goal = folder / "pictures-of"
    goal.mkdir(parents=True, exist_ok=True)
    places, _ = prepared(folder, ("objpub", "wagtail"), chosen.most)
    with chromium() as browser, ExitStack() as stack:
        pages = []
        for place in places:
            address = stack.enter_context(place.served())
            hand = Hand(browser.new_context(base_url=address).new_page())
            HANDS[place.system].sign_in(hand)
            pages.append(hand.page)
        paths = (OBJPUB, wagtail_pages(places[1].folder))
        for name in OBJPUB:
            for width, theme in SCREENS:
                taken = [
                    picture(page, known[name], width, theme)
                    for page, known in zip(pages, paths, strict=True)
                    if name in known
                ]
                beside(taken).save(goal / f"{name}-{width}-{theme}.png")
    print(f"{len(OBJPUB) * len(SCREENS)} pictures in {goal}")


if __name__ == "__main__":
    sys.exit(main())
