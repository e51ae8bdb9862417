"""One type of page, as the tutorial of Wagtail makes it: a title, a picture, a text."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class Article(Page):
    """A folder or a page."""

    photo = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = RichTextField(blank=True)
    content_panels = [*Page.content_panels, FieldPanel("photo"), FieldPanel("text")]
    parent_page_types = ["wagtailcore.Page", "pages.Article"]
    template = "pages/article.html"
