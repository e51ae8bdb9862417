"""What is shown, and what is done."""

from itertools import islice

import colander
from pyramid.csrf import get_csrf_token
from pyramid.events import BeforeRender, subscriber
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.renderers import get_renderer
from pyramid.security import forget, remember
from pyramid.view import exception_view_config, forbidden_view_config, view_config

from .models import Text, Texts
from .security import check_password, users_of

PER_PAGE = 20


class TextSchema(colander.Schema):
    title = colander.SchemaNode(colander.String(), validator=colander.Length(max=100))
    text = colander.SchemaNode(colander.String())


@subscriber(BeforeRender)
def add_globals(event):
    event["layout"] = get_renderer("templates/layout.pt").implementation()
    event["csrf_token"] = get_csrf_token(event["request"])


def page_of(texts, request):
    after = request.GET.get("after")
    found = list(islice(texts.values(after, excludemin=after is not None), PER_PAGE + 1))
    following = found[PER_PAGE - 1].__name__ if len(found) > PER_PAGE else None
    return found[:PER_PAGE], following


def summary(text, request):
    return {"title": text.title, "url": request.resource_path(text)}


@view_config(context=Texts, renderer="templates/index.pt", permission="view")
def index(texts, request):
    page, following = page_of(texts, request)
    return {"page": page, "following": following}


@view_config(context=Texts, name="json", request_method="GET", renderer="json", permission="view")
def index_json(texts, request):
    return [summary(text, request) for text in page_of(texts, request)[0]]


@view_config(context=Texts, name="json", request_method="POST", renderer="json", permission="edit")
def add_json(texts, request):
    values = TextSchema().deserialize(request.json_body)
    text = Text(**values)
    texts.add(text)
    request.response.status_int = 201
    return summary(text, request)


@exception_view_config(colander.Invalid, renderer="json")
def invalid(error, request):
    request.response.status_int = 422
    return {"errors": error.asdict()}


@exception_view_config(ValueError, renderer="json")
def not_json(error, request):
    request.response.status_int = 400
    return {"error": "This is not JSON"}


def submitted(request):
    """Return (values, errors) of the form that was sent."""
    try:
        return TextSchema().deserialize(request.POST.mixed()), {}
    except colander.Invalid as error:
        request.response.status_int = 422
        return request.POST, error.asdict()


@view_config(context=Texts, name="add", renderer="templates/form.pt", permission="edit")
def add(texts, request):
    if request.method != "POST":
        return {"values": {}, "errors": {}}
    values, errors = submitted(request)
    if errors:
        return {"values": values, "errors": errors}
    text = Text(**values)
    texts.add(text)
    return HTTPSeeOther(request.resource_url(text))


@view_config(context=Text, renderer="templates/text.pt", permission="view")
def show(text, request):
    return {}


@view_config(context=Text, name="json", renderer="json", permission="view")
def show_json(text, request):
    return {**summary(text, request), "text": text.text}


@view_config(context=Text, name="edit", renderer="templates/form.pt", permission="edit")
def edit(text, request):
    if request.method != "POST":
        return {"values": {"title": text.title, "text": text.text}, "errors": {}}
    values, errors = submitted(request)
    if errors:
        return {"values": values, "errors": errors}
    text.title, text.text = values["title"], values["text"]
    return HTTPSeeOther(request.resource_url(text))


@view_config(context=Text, name="delete", request_method="POST", permission="edit")
def delete(text, request):
    del text.__parent__[text.__name__]
    request.session.flash(f"Deleted {text.title}")
    return HTTPSeeOther(request.resource_url(request.root))


@view_config(context=Texts, name="login", renderer="templates/login.pt")
def login(texts, request):
    came_from = request.params.get("came_from", "/")
    if not came_from.startswith("/") or came_from.startswith("//") or "\\" in came_from:
        came_from = "/"
    if request.method != "POST":
        return {"came_from": came_from, "error": ""}
    name = request.POST.get("name", "")
    hashed = users_of(request).get(name)
    if hashed is not None and check_password(request.POST.get("password", ""), hashed):
        return HTTPSeeOther(came_from, headers=remember(request, name))
    request.response.status_int = 422
    return {"came_from": came_from, "error": "The name or the password is wrong."}


@view_config(context=Texts, name="logout", request_method="POST")
def logout(texts, request):
    return HTTPSeeOther(request.resource_url(texts), headers=forget(request))


@forbidden_view_config()
def forbidden(request):
    if request.identity is not None or request.content_type == "application/json":
        return HTTPForbidden()
    return HTTPSeeOther(request.resource_url(request.root, "login", query={"came_from": request.path}))
