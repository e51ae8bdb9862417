"""What the three sites hold: 39,000 pages of two documentations, a desk to work at, and pictures to upload.

It is read once, into a file of lines of JSON that each system is filled from: parents before their children.
"""

import json
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from PIL import ImageEnhance
from PIL import ImageOps

CONTENT = Path(os.environ.get("OBJPUB_TEST_CONTENT") or Path(__file__).parents[3] / "shared" / "content")
TITLE = re.compile(r"^title: *['\"]?(.*?)['\"]? *$", re.MULTILINE)
#: Archive, the folder in it, and how the site calls it.
SOURCES = (("tldr-pages.tar.xz", "", "tldr"), ("hugodocs-content.tar.gz", "content/en/", "hugo"))
SOUGHT = "host-on-azure-static-web-apps"  # the page that is looked for
PHOTO = "sunset.jpg"  # the only photograph there is
TEXT = "Come early, bring boots, and look at the tide table first."
FIFTY, ORDERED, DELETED, UPLOADED, USERS_OF_IMAGE = 50, 10, 12, 20, 3
#: Folders of the desk: name → how many pages stand in it.
DESK = {"fifty": FIFTY, "archive": 0, "ordered": ORDERED, "deleted": DELETED, "gallery": 0, "people": 4}


def write_material(file: Path, most: int | None = None) -> int:
    """Write a line for each folder and page to *file*; return how many. most: pages of each source."""
    number = 0
    with file.open("w") as lines:
        for place, kind, title, text in everything(most):
            print(json.dumps({"place": place, "kind": kind, "title": title, "text": text}), file=lines)
            number += 1
    return number


def everything(most: int | None = None) -> Iterator[tuple[list[str], str, str, str]]:
    """Yield (names from the top, "folder" or "page", title, text)."""
    for archive, part, top in SOURCES:
        yield [top], "folder", top.capitalize(), ""
        known: set[tuple[str, ...]] = set()
        for names, title, text in pages_in(CONTENT / archive, part, most):
            for depth in range(1, len(names)):
                above = names[:depth]
                if above not in known:
                    known.add(above)
                    yield [top, *above], "folder", above[-1].replace("-", " ").capitalize(), ""
            yield [top, *names], "page", title, text
    yield ["desk"], "folder", "Desk", ""
    for name, number in DESK.items():
        yield ["desk", name], "folder", name.capitalize(), ""
        for each in range(1, number + 1):
            yield ["desk", name, f"{name}-{each}"], "page", f"{name.capitalize()} {each}", TEXT
    yield ["desk", "waiting"], "waiting", "Spring tide", TEXT
    yield ["images"], "folder", "Images", ""
    yield ["images", "lighthouse"], "image", "Lighthouse", ""
    for each in range(1, USERS_OF_IMAGE + 1):
        yield ["desk", f"lit-{each}"], "lit", f"Lit {each}", TEXT


def pages_in(archive: Path, part: str, most: int | None) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield (names, title, text) of each Markdown file below *part* of an archive, each place once."""
    met: set[tuple[str, ...]] = set()
    with tarfile.open(archive) as tar:
        for member in tar:
            path = Path(member.name)
            if not (member.isfile() and member.name.startswith(part) and path.suffix == ".md"):
                continue
            if path.name.startswith((".", "_")):
                continue
            names = tuple(name_of(each) for each in Path(member.name[len(part) :]).with_suffix("").parts)
            if names in met or (most is not None and len(met) >= most and names[-1] != SOUGHT):
                continue
            met.add(names)
            text = tar.extractfile(member).read().decode("utf-8")  # type: ignore[union-attr]
            yield names, title_in(text, names[-1]), text
            if len(met) == most and not part:  # the other archive has what is looked for
                return


def name_of(text: str) -> str:
    """Return *text* as a name that each of the three takes in an address."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain or "x" + text.encode().hex()


def title_in(text: str, otherwise: str) -> str:
    """Return the title in the front matter of *text*, else its first heading, else *otherwise*."""
    found = TITLE.search(text[:2_000]) if text.startswith("---") else None
    if found is None:
        found = re.match(r"# *(.+)", text)
    return (found[1].strip() if found else "") or otherwise


def write_pictures(folder: Path) -> list[Path]:
    """Write the pictures that are uploaded to *folder*, all from a documentation; return where they are.

    Three photographs: its only one, darker, and upside down; and its largest drawings for the gallery.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(CONTENT / SOURCES[1][0]) as tar:
        photo = next(each for each in tar if each.name.endswith(f"/{PHOTO}"))
        drawings = [each for each in tar if each.isfile() and each.name.endswith(".png")]
        drawings.sort(key=lambda each: -each.size)
        lighthouse = folder / "lighthouse.jpg"
        lighthouse.write_bytes(tar.extractfile(photo).read())  # type: ignore[union-attr]
        gallery = [folder / f"marsh-{number:02}.png" for number in range(1, UPLOADED + 1)]
        for path, each in zip(gallery, drawings, strict=False):
            path.write_bytes(tar.extractfile(each).read())  # type: ignore[union-attr]
    night, tide = folder / "lighthouse-at-night.jpg", folder / "tide.jpg"
    with Image.open(lighthouse) as picture:
        ImageEnhance.Brightness(picture).enhance(0.4).save(night, quality=82)
        ImageOps.flip(picture).save(tide, quality=82)
    return [lighthouse, night, tide, *gallery]
