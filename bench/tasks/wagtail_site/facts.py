"""Print what the database of this folder holds after the tasks, as JSON: python facts.py."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from pages.models import Article  # noqa: E402
from wagtail.images import get_image_model  # noqa: E402
from wagtail.models import Page  # noqa: E402


def inside(slug):
    """Return how many pages stand in a folder of the desk."""
    return Page.objects.get(slug=slug, depth=4).get_children().count()


images, users = get_image_model().objects, get_user_model().objects
added = Article.objects.filter(title="Neap tide").first()
person = Page.objects.get(slug="people-1")
print(
    json.dumps(
        {
            "title": Page.objects.get(slug="host-on-azure-static-web-apps").title,
            "added": added is not None and added.live and added.photo is not None,
            "uploaded": images.filter(file__contains="marsh").count(),
            "moved": [inside("fifty"), inside("archive")],
            "first": Page.objects.get(slug="ordered", depth=4).get_children().first().title,
            "rights": {
                name: person.permissions_for_user(users.get(username=name)).can_edit()
                for name in ("tomas", "nora")
            },
            "image": images.get(title="Lighthouse").file.size,
            "published": Page.objects.get(slug="waiting").live,
        }
    )
)
