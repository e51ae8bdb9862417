"""What is kept in the database."""

from django.db import models
from django.urls import reverse


class Text(models.Model):
    title = models.CharField(max_length=100, db_index=True)
    text = models.TextField()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("text", args=[self.pk])
