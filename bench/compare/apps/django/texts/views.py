"""What is shown, and what is done."""

import json

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.core.paginator import Paginator
from django.forms import modelform_factory
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic import CreateView, DeleteView, DetailView, ListView, UpdateView

from .models import Text

FIELDS = ["title", "text"]
PER_PAGE = 20


class Index(ListView):
    model = Text
    paginate_by = PER_PAGE


class Show(DetailView):
    model = Text


class Add(LoginRequiredMixin, CreateView):
    model = Text
    fields = FIELDS


class Edit(LoginRequiredMixin, UpdateView):
    model = Text
    fields = FIELDS


class Delete(LoginRequiredMixin, SuccessMessageMixin, DeleteView):
    http_method_names = ["post"]
    model = Text
    success_url = reverse_lazy("index")
    success_message = "Deleted"


def summary(text):
    return {"title": text.title, "url": text.get_absolute_url()}


@require_http_methods(["GET", "HEAD", "POST"])
def index_json(request):
    if request.method == "POST":
        return add_json(request)
    page = Paginator(Text.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return JsonResponse([summary(text) for text in page], safe=False)


def add_json(request):
    if not request.user.is_authenticated:
        return JsonResponse({"error": "Sign in first"}, status=401)
    try:
        data = json.loads(request.body)
    except ValueError:
        return JsonResponse({"error": "This is not JSON"}, status=400)
    form = modelform_factory(Text, fields=FIELDS)(data if isinstance(data, dict) else {})
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(summary(form.save()), status=201)


@require_GET
def show_json(request, pk):
    text = get_object_or_404(Text, pk=pk)
    return JsonResponse({**summary(text), "text": text.text})
