"""Fill the site in this folder: python fill.py MATERIAL PICTURES PASSWORD."""

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.files import File  # noqa: E402
from pages.models import Page  # noqa: E402
from pages.models import Picture  # noqa: E402

AT_ONCE = 2_000


def main(material, pictures, password):
    """Make all pages at once."""
    users = get_user_model().objects
    users.create_superuser("ines", "ines@example.org", password)
    for name in ("tomas", "nora"):
        users.create_user(name, f"{name}@example.org", password)
    with Path(pictures, "lighthouse.jpg").open("rb") as file:
        image = Picture.objects.create(
            title="Lighthouse", alt="A lighthouse", file=File(file, "lighthouse.jpg")
        )
    known, rows, places = {}, [], {}
    for line in map(json.loads, Path(material).read_text().splitlines()):
        place = tuple(line["place"])
        if line["kind"] == "image" or place[:2] == ("desk", "deleted"):
            continue
        places[place[:-1]] = places.get(place[:-1], 0) + 1
        page = Page(
            id=len(rows) + 1,
            parent_id=known.get(place[:-1]),
            title=line["title"],
            slug=place[-1][:255],
            place=places[place[:-1]],
            text=line["text"],
            picture=image if line["kind"] == "lit" else None,
            state="pending" if line["kind"] == "waiting" else "published",
        )
        known[place] = page.id
        rows.append(page)
    Page.objects.bulk_create(rows, AT_ONCE)


if __name__ == "__main__":
    main(*sys.argv[1:])
