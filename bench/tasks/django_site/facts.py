"""Print what the database of this folder holds after the tasks, as JSON: python facts.py."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings")
django.setup()

from pages.models import Page  # noqa: E402
from pages.models import Picture  # noqa: E402


def inside(slug):
    """Return how many pages stand in a folder of the desk."""
    return Page.objects.filter(parent__slug=slug, parent__parent__slug="desk").count()


added = Page.objects.filter(title="Neap tide").first()
print(
    json.dumps(
        {
            "title": Page.objects.get(slug="host-on-azure-static-web-apps").title,
            "added": added is not None and added.state == "published" and added.picture is not None,
            "uploaded": Picture.objects.filter(file__contains="marsh").count(),
            "moved": [inside("fifty"), inside("archive")],
            "first": Page.objects.filter(parent__slug="ordered").first().title,
            "image": Picture.objects.get(title="Lighthouse").file.size,
            "published": Page.objects.get(title="Spring tide").state == "published",
        }
    )
)
