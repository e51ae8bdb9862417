"""Fill the site in this folder: python fill.py MATERIAL PICTURES PASSWORD.

The pages of the documentations are written as treebeard keeps them, all at once; what is worked with is made
by the calls that Wagtail's own interface makes.
"""

import html
import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.auth.models import Permission  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.files.images import ImageFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from pages.models import Article  # noqa: E402
from wagtail.images import get_image_model  # noqa: E402
from wagtail.models import Locale  # noqa: E402
from wagtail.models import Page  # noqa: E402
from wagtail.models import Site  # noqa: E402

AT_ONCE = 500


class Rows:
    """Rows of pages below *top*, which has no children yet."""

    def __init__(self, top):
        self.top = top
        self.kind = ContentType.objects.get_for_model(Article)
        self.locale, self.now = Locale.get_default(), timezone.now()
        self.known = {(): top}
        self.number = Page.objects.order_by("-id").first().id
        self.pages, self.texts = [], []

    def put(self, line):
        """Add what a *line* of the material says."""
        place = tuple(line["place"])
        parent, title, slug = self.known[place[:-1]], line["title"][:255], place[-1][:255]
        parent.numchild += 1
        self.number += 1
        page = Page(
            id=self.number,
            path=Page._get_path(parent.path, parent.depth + 1, parent.numchild),
            depth=parent.depth + 1,
            title=title,
            draft_title=title,
            slug=slug,
            url_path=f"{parent.url_path}{slug}/",
            content_type=self.kind,
            locale=self.locale,
            live=True,
            first_published_at=self.now,
            last_published_at=self.now,
        )
        self.known[place] = page
        self.pages.append(page)
        self.texts.append((page.id, f"<p>{html.escape(line['text'])}</p>"))

    def write(self):
        """Write all of them."""
        Page.objects.bulk_create(self.pages, AT_ONCE)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO pages_article (page_ptr_id, text) VALUES (%s, %s)", self.texts)
        self.top.save()


def desk_of(top, lines, image):
    """Make the folders and pages that are worked with, one by one."""
    known = {(): top}
    for line in lines:
        place, text = tuple(line["place"]), f"<p>{html.escape(line['text'])}</p>"
        if line["kind"] == "image" or place[:2] == ("desk", "deleted") or place == ("images",):
            continue
        page = Article(title=line["title"], slug=place[-1], text=text, live=line["kind"] != "waiting")
        page.photo = image if line["kind"] == "lit" else None
        Page.objects.get(pk=known[place[:-1]].pk).add_child(instance=page)
        known[place] = page
        revision = page.save_revision()
        if page.live:
            revision.publish()
        else:
            author = get_user_model().objects.get(username="tomas")
            page.get_workflow().start(page, author)


def main(material, pictures, password):
    """Fill it, and build the indexes."""
    users = get_user_model().objects
    users.create_superuser("ines", "ines@example.org", password, first_name="Ines", last_name="Okafor")
    authors = Group.objects.create(name="Authors")
    authors.permissions.add(Permission.objects.get(codename="access_admin"))
    for name, last in (("tomas", "Lind"), ("nora", "Weiss")):
        given = {"first_name": name.capitalize(), "last_name": last}
        user = users.create_user(name, f"{name}@example.org", password, **given)
        user.groups.add(authors)
    for page in Page.objects.filter(depth=2):
        page.delete()
    home = Page.objects.get(depth=1).add_child(instance=Article(title="Almanac", slug="home"))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    with Path(pictures, "lighthouse.jpg").open("rb") as file:
        image = get_image_model().objects.create(title="Lighthouse", file=ImageFile(file, "lighthouse.jpg"))
    lines = [json.loads(line) for line in Path(material).read_text().splitlines()]
    rows = Rows(Page.objects.get(pk=home.pk))
    for line in lines:
        if line["place"][0] in ("tldr", "hugo"):
            rows.put(line)
    rows.write()
    desk_of(home, [line for line in lines if line["place"][0] not in ("tldr", "hugo")], image)
    call_command("fixtree")
    call_command("update_index", "--chunk_size", "1000", verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
