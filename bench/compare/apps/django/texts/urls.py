"""The addresses of texts."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    path("json/", views.index_json, name="index-json"),
    path("add/", views.Add.as_view(), name="add"),
    path("<int:pk>/", views.Show.as_view(), name="text"),
    path("<int:pk>/json/", views.show_json, name="text-json"),
    path("<int:pk>/edit/", views.Edit.as_view(), name="edit"),
    path("<int:pk>/delete/", views.Delete.as_view(), name="delete"),
]
