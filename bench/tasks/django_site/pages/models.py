"""Pages in a tree, and pictures."""

from django.db import models


class Picture(models.Model):
    """A picture. One that a page shows is not deleted."""

    title = models.CharField(max_length=200, blank=True)
    file = models.ImageField(upload_to="pictures")
    alt = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return self.title or self.file.name


class Page(models.Model):
    """A folder or a page."""

    STATES = [("draft", "Draft"), ("pending", "Waiting for review"), ("published", "Published")]
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    title = models.CharField(max_length=1000)
    slug = models.SlugField(max_length=255)
    place = models.PositiveIntegerField(default=0)
    picture = models.ForeignKey(Picture, null=True, blank=True, on_delete=models.PROTECT)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=STATES, default="draft", db_index=True)

    class Meta:
        ordering = ["parent_id", "place", "id"]

    def __str__(self):
        return self.title
