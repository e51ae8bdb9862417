"""A list of texts, which people who sign in may add, edit and delete."""

from objpub import Content, Site, field, view
from objpub.forms import form_for, submit_add, submit_edit
from objpub.operations import add_new, delete


class Text(Content, addable=Site):
    """A text with a title."""

    title: str = field(max_length=100)
    text: str = field(multiline=True)


def summary(text, request):
    return {"title": text.title, "url": request.url(text)}


@view(Site)
def index(site, request, after: str | None = None):
    return {"page": site.page(after=after, limit=20)}


@view(Site, "json")
def index_json(site, request, after: str | None = None):
    return request.json([summary(each, request) for each in site.page(after=after, limit=20)])


@view(Site, "json", method="POST", permission="add")
def add_json(site, request, title: str, text: str):
    made = add_new(request.identity, site, Text, {"title": title, "text": text})
    return request.json(summary(made, request), "201 Created")


@view(Site, "add", permission="add", template="form.pt")
def add_form(site, request):
    return {"form": form_for(request, Text)}


@view(Site, "add", method="POST", permission="add", template="form.pt")
def add(site, request):
    outcome = submit_add(request, site, Text)
    return request.redirect(outcome.resource) if outcome.saved else outcome.page(request)


@view(Text)
def show(text, request):
    return {}


@view(Text, "json")
def show_json(text, request):
    return request.json({**summary(text, request), "text": text.text})


@view(Text, "edit", permission="edit", template="form.pt")
def edit_form(text, request):
    return {"form": form_for(request, text)}


@view(Text, "edit", method="POST", template="form.pt")
def edit(text, request):
    outcome = submit_edit(request, text)
    return request.redirect(text) if outcome.saved else outcome.page(request)


@view(Text, "delete", method="POST", permission="delete")
def delete_text(text, request):
    delete(request.identity, text)
    return request.redirect(request.site, message=f"Deleted {text.title}")
