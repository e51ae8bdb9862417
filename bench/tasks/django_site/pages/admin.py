"""The admin as somebody who knows it sets it up: search, filters, order in the list, and two actions."""

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm

from .models import Page
from .models import Picture


class MoveForm(ActionForm):
    """The bar of actions, with the folder that "Move" moves to."""

    to = forms.ModelChoiceField(Page.objects.filter(slug__in=["archive", "fifty"], text=""), required=False)


@admin.action(description="Move selected pages")
def move(model_admin, request, queryset):
    """Move the selected pages to a folder."""
    queryset.update(parent=request.POST["to"])


@admin.action(description="Publish selected pages")
def publish(model_admin, request, queryset):
    """Publish the selected pages."""
    queryset.update(state="published")


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Pages."""

    list_display = ["title", "parent", "place", "state"]
    list_editable = ["place"]
    list_filter = ["state"]
    list_select_related = ["parent"]
    search_fields = ["title", "=parent__slug"]
    autocomplete_fields = ["parent", "picture"]
    prepopulated_fields = {"slug": ["title"]}
    actions = [move, publish]
    action_form = MoveForm


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    """Pictures."""

    search_fields = ["title"]
