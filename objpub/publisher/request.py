"""The request as views see it: one for each attempt, over the same form."""

import tempfile
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.parse import unquote
from urllib.parse import urlencode
from urllib.parse import urlsplit

from webob.request import BaseRequest

from objpub.content import Folder
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.lineage import inside
from objpub.lineage import lineage
from objpub.mail import letter_from
from objpub.mail import post
from objpub.registry import Registry
from objpub.security import Decision
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Permission
from objpub.security import Policy
from objpub.settings import Settings
from objpub.templates import as_html
from objpub.templates import Format
from objpub.traversal import Areas
from objpub.traversal import Found
from objpub.views import as_json
from objpub.views import find_view
from objpub.views import live
from objpub.views import PageBars
from objpub.views import Response
from objpub.views import see_other
from objpub.views import written

from .finding import Finding
from .form import Form
from .incoming import Incoming
from .messages import COOKIE
from .negotiation import Negotiated
from .once import once_for
from .pictures import srcset
from .roots import address_outside

if TYPE_CHECKING:
    from .application import Application

SPOOL_BYTES = 1_000_000


class Request(Finding, Negotiated, BaseRequest):
    """A request. WebOb's headers, cookies and the like, and what objpub adds:

    application, registry, settings: where it runs. site: the root of the tree. identity: who asks.
    context, view_name, subpath: where the walk ended. form: values of query and body, see `Form`.
    made: what a form has made that can be sent once, for who sends it again. if_repeated: where that leads
    then, and what it says there; None: to where it led the first time.
    """

    application: "Application"
    registry: Registry
    settings: Settings
    incoming: Incoming
    form: Form
    prefix: str
    failure: Any
    kept: list[tuple[str, str]]
    callbacks: list[tuple[Callable[..., Any], tuple[Any, ...]]]
    records: list[Callable[[Any], Any]]
    new_messages: list[dict[str, str]]
    _paths: dict[int, tuple[str, Any]]
    identity: Identity = NO_IDENTITY
    site: Any = None
    connection: Any = None
    context: Any = None
    cache: tuple[str, str] | None = None
    view: Any = None
    view_name = ""
    subpath: tuple[str, ...] = ()
    committed = False
    messages_read = False
    made: Any = None
    if_repeated: tuple[str, str] | None = None

    def __init__(self, application: "Application", incoming: Incoming):
        environ = self.environ = incoming.environ.copy()  # all that WebOb's constructor does
        self.application = application
        self.registry = application.registry
        self.settings = application.settings
        self.incoming = incoming
        self.form = incoming.form
        self.prefix = quote(environ.get("SCRIPT_NAME") or "", safe="/%")
        self.callbacks = []
        self.records = []
        self.new_messages = []
        self._paths = {}

    def __repr__(self) -> str:
        return f"<Request {self.incoming.id}: {self.incoming.method} {self.incoming.path}>"

    @property
    def id(self) -> str:
        """The id of the request, as in the log and in the header `X-Request-Id`."""
        return str(self.incoming.id)

    @property
    def development(self) -> bool:
        """Does the site run in development?"""
        return bool(self.settings.development)

    def arrive(self, found: Found) -> None:
        """Take what the walk found."""
        self.context = found.context
        self.view_name = found.view_name
        self.subpath = found.subpath

    @property
    def root(self) -> Any:
        """The place in the tree that this host is rooted at: the site, or what the setting `sites` says."""
        return self.__dict__.get("_root") or self.site

    @property
    def area(self) -> str:
        """The set of views that this is about, such as "manage"; "" for those of the site itself."""
        segments = self.incoming.segments
        return segments[0] if segments and segments[0] in self.registry[Areas] else ""

    # Where things are

    def url(  # type: ignore[override]  # a resource's, not its own
        self, resource: Any = None, view: str = "", *, area: str = "", absolute: bool = False, **query: Any
    ) -> str:
        """Return the URL of *resource* (default: the context), a path from the top of the host.

        view: the name of a view of it, and segments behind it if it takes them, "tags/soup"; in an area it
        is written "@@name". area: where the view is declared, such as "manage". query: values by name; None
        is left out, a list gives several. absolute: with scheme and host, by the setting `server.url` or as
        the request came; always so for what is outside of the root of this host.
        """
        resource = self.context if resource is None else resource
        path = self.path_to(resource)
        if path[0] != "/":
            path = address_outside(self, resource, path, view, area)
            view = ""
        elif area:
            path = f"{self.prefix}/{area}{path[len(self.prefix) :]}"
        if view:
            path = f"{path if path[-1] == '/' else path + '/'}{quote(view, safe='/@+:~')}"
        if query:
            pairs = [(name, value) for name, value in query.items() if value is not None]
            path = f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path
        return self.origin + path if absolute and path[0] == "/" else path

    def path_to(self, resource: Any) -> str:
        """Return the path of *resource*; a folder's ends with a slash. Remembered for folders."""
        paths = self._paths
        known = paths.get(id(resource))
        if known is not None:
            return known[0]
        parent = resource.__parent__
        if parent is None:
            path = f"{self.prefix}/"
        else:
            known = paths.get(id(parent))
            above = self.path_to(parent) if known is None else known[0]
            path = f"{above if above[-1] == '/' else above + '/'}{quoted(resource.__name__)}"
            if not issubclass(type(resource), Folder):  # sooner told than by asking the resource
                return path
            path += "/"
        paths[id(resource)] = (path, resource)  # the resource is kept, so that its id stays its own
        return path

    @property
    def origin(self) -> str:
        """Scheme and host, without a slash at the end: the setting `server.url`, or as the request came."""
        return self.incoming.origin or self.application.origin or self.host_url

    @property
    def canonical(self) -> str | None:
        """The one address of this page, with scheme and host: for `<link rel="canonical">` in a layout.

        Of the query it keeps what the view takes as arguments; whatever else came shows the same page. None
        for what nobody comes back to: an error, and the answer to a change.
        """
        if self.context is None or not self.incoming.is_safe or hasattr(self, "failure"):
            return None
        name, form = self.view_name, self.form
        found = Found(self.context, name, self.subpath, area=self.area)
        taken = find_view(self.registry, found, "GET").parameters
        get = getattr(self.context, "get", None)
        if name and (self.area or (get is not None and get(name) is not None)):  # an item hides the view
            name = f"@@{name}"
        query: dict[str, Any] = {each: form.all(each) for each in taken if each in form}
        path = "/".join((name, *self.subpath))
        return self.url(self.context, path, area=self.area, absolute=True, **query)

    def static(self, path: str) -> str:
        """Return the URL of a file of a part, "blog/style.css": it changes with the file, and is cached."""
        return f"{self.prefix}{self.application.static.url(path)}"

    def srcset(self, image: Any) -> str:
        """Return the attribute `srcset` of an *image*: the addresses of its scales with their widths."""
        return srcset(self, image)

    # What may be done

    def can(self, permission: Permission | str, resource: Any = None) -> Decision:
        """May the one who asks do *permission* at *resource* (default: the context)? See `Policy.can`."""
        return self.registry[Policy].can(
            self.identity, permission, self.context if resource is None else resource
        )

    # What to answer

    def redirect(
        self,
        target: Any = None,
        view: str = "",
        *,
        area: str = "",
        message: str | None = None,
        undo: bool = False,
    ) -> Response:
        """Return a 303 to a resource (default: the context), its *view*, or a path of this site.

        message: shown on the next page. undo: offer to undo what this request did, once undo is there.
        Raises DeclarationError for a target on another site.
        """
        if isinstance(target, str):
            location = own_path(target)
            if location is None:
                raise DeclarationError(f"redirect wants a resource or a path of this site, not {target!r}")
        else:
            location = self.url(target, view, area=area)
        if message:
            self.message(message)
        return see_other(location)

    def json(self, value: Any, status: str = "200 OK") -> Response:
        """Return *value* as JSON."""
        return as_json(value, status)

    def stream(
        self, blocks: Iterable[Any], content_type: str = "text/plain; charset=utf-8", filename: str = ""
    ) -> Response:
        """Return what *blocks* gives, text or bytes, sent while it is made.

        The objects of the site are closed by then: it works on plain values that were read before. filename:
        the name under which browsers keep it; "" for what they show. Raises DeclarationError for a generator
        that holds an object.
        """
        return live(blocks, content_type, filename)

    def render(self, resource: Any, view: str = "", **arguments: Any) -> "Markup":
        """Return the view *view* of *resource* as HTML, for a template to put into its own page.

        The permission of the view is checked: what may not be seen is empty. Raises NotFound for a view
        that is not there.
        """
        found = find_view(self.registry, Found(resource, view), "GET")
        if found.permission is not None and not self.can(found.permission, resource):
            return Markup("")
        if arguments or found.parameters:
            result = found.function(resource, self, **arguments)
        else:
            result = found.call(resource, self)
        if type(result) is dict and found.render is not None:
            return Markup(as_html(found.render(resource, self, result)))
        if hasattr(result, "__html__"):
            return Markup(result.__html__())
        raise NotFound(f"{self.url(resource)}{view}", self.url(resource), view, resource)

    @property
    def page_bar(self) -> "Markup":
        """What plugins show at the end of this page to those who may; nothing to visitors."""
        if not self.identity.authenticated or self.area:
            return NO_MARKUP
        bars = self.registry[PageBars]
        return Markup("".join(bar(self.context, self) or "" for bar in bars)) if bars else NO_MARKUP

    def page(self, result: dict[str, Any]) -> Response:
        """Return the page of the view that is being called, filled with *result*: to change its headers."""
        found = find_view(self.registry, Found(self.context, self.view_name, area=self.area), self.method)
        if found.render is None:
            raise DeclarationError(f"The view {self.view_name!r} has no template to fill")
        return written(found.render(self.context, self, result))

    def breadcrumbs(self) -> list[Any]:
        """Return the lineage of the context, the root of the host first: what may be seen, and itself.

        On the page of an error, whose context somebody may have come to without being let in, only the first.
        """
        own = None if hasattr(self, "failure") else self.context
        return [step for step in list(self.lineage())[::-1] if step is own or self.can("view", step)]

    def shows(self, resource: Any) -> bool:
        """Is *resource* at the root of this host or below? What is not has its address on another one."""
        return not self.incoming.root or inside(resource, self.root)

    def lineage(self, resource: Any = None) -> Iterator[Any]:
        """Yield *resource* (default: the context), what holds it, and so on up to the root of this host.

        Of what is outside of that root, only the root.
        """
        steps = list(lineage(self.context if resource is None else resource))
        root = self.root
        place = next((number for number, step in enumerate(steps) if step is root), None)
        yield from [root] if place is None else steps[: place + 1]

    def navigation(self) -> list[Any]:
        """Return what the site's navigation leads to, as somebody chose it: what may be seen of it."""
        ways = [each for each in self.site.ways if self.can("view", each)]
        return [each for each in ways if self.shows(each)]

    def message(self, text: str, kind: str = "ok") -> None:
        """Show *text* to this person on the next page. kind: "ok", "warn" or "bad"."""
        self.new_messages.append({"text": text, "kind": kind})

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages for this page; reading them is showing them."""
        cookie = self.environ.get("HTTP_COOKIE", "")
        if COOKIE not in cookie:
            return []
        self.messages_read = True
        return self.application.signer.loads(self.cookies.get(COOKIE, ""))

    def spool(self) -> Any:
        """Return an empty file for a long answer, in memory while it is short."""
        return tempfile.SpooledTemporaryFile(SPOOL_BYTES, dir=str(self.application.database.temporary_folder))

    # What comes after

    def after_commit(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Call *function* once this request is committed: once, however often it is tried; else never."""
        self.callbacks.append((function, arguments))

    def mail(self, to: str, subject: str, text: str) -> None:
        """Send a mail to the address *to* once this request is committed: once, however often it is tried.

        Where no mail server is set, nothing is sent. Raises ValueError for what is no address or no subject.
        """
        if self.application.mailer.works:
            transaction = self.connection.transaction_manager.get()
            post(transaction, self.application.mailer, letter_from(self.site, to, subject, text))

    def record(self, function: Callable[[Any], Any]) -> None:
        """Call *function* with the site in a transaction of its own, also when this request is refused."""
        self.records.append(function)

    @property
    def once(self) -> str:
        """What a form that makes something carries, hidden, as `_once`: sent twice, it makes it once."""
        return once_for(self)

    @property
    def session(self) -> Any:
        """The session of the one who asks, or None."""
        return self.identity.session

    @property
    def format(self) -> Format:
        """Dates and numbers for people, in the zone of the site and in `language`."""
        return Format(self.site.time_zone, self.language)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself."""
        return str(self)


NO_MARKUP = Markup()


@lru_cache(maxsize=4_096)
def quoted(name: str) -> str:
    """Return *name* as a segment of a path: the same few names come again and again."""
    return quote(name, safe="@+:~")


def own_path(target: str) -> str | None:
    """Return *target* if a browser will take it for a path of this site, else None."""
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return None
    parts = urlsplit(target)
    if "//" in parts.path and {".", ".."}.intersection(unquote(parts.path).split("/")):
        return None  # without the steps of dots it could begin with two slashes, and so name a host
    return None if parts.scheme or parts.netloc else quote(target, safe="/?&=%#@+:~!$'()*,;")
