"""A client in the same process: it asks a site through WSGI, as a browser would over the network."""

import io
import sys
import warnings
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import ClassVar
from urllib.parse import unquote_to_bytes
from urllib.parse import urlencode
from urllib.parse import urljoin
from urllib.parse import urlsplit
from wsgiref.util import is_hop_by_hop
from wsgiref.validate import validator

from .cookies import Cookies
from .encoding import body_of
from .encoding import pairs_of
from .response import ClientResponse
from .response import REDIRECTS
from .response import Unexpected

HOST = "localhost"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"
PASSWORD = "good for tests only"  # what `add_user` gives and `login` knows
MOST_REDIRECTS = 10
KEEPS_METHOD = frozenset({307, 308})


class Client:
    """A browser with its own cookies, without a screen.

    application: any WSGI application; every answer is checked against PEP 3333. host: the name of the
    site. address: where the requests come from. cookies: what the site has set, see `Cookies`.
    checks: what is put around each application, innermost first; a class may have others.
    """

    checks: ClassVar[tuple[Callable[[Any], Any], ...]] = (validator,)

    def __init__(self, application: Any, host: str = HOST, address: str = "127.0.0.1"):
        self.application = application
        self.host = host
        self.address = address
        self.cookies = Cookies()
        self._checked = described(application)
        for check in self.checks:
            self._checked = check(self._checked)

    def get(self, path: str, **options: Any) -> ClientResponse:
        """Ask for *path*; see `request`."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> ClientResponse:
        """Ask for the headers of *path*; see `request`."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> ClientResponse:
        """Send *data* to *path*; see `request`."""
        return self.request("POST", path, data=data, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Any = None,
        data: Any = None,
        files: Any = None,
        json: Any = None,
        headers: Mapping[str, str | None] | None = None,
        content_type: str = "",
        referer: str = "",
        follow: bool = False,
        environ: Mapping[str, Any] | None = None,
    ) -> ClientResponse:
        """Send a request and return the response, read to its end.

        path: of this site, with its query; query: more values for it. data: values of a form by name, or a
        body of bytes with its content_type. files: by name, bytes or (filename, bytes, media type). json: a
        body of JSON. headers: by name; None leaves one out that is sent otherwise: a request that changes
        something has the `Origin` of the site, as a browser's has. follow: follow redirects to the end.
        environ: variables of WSGI as they are; the answer is not checked then.
        """
        body, kind = body_of(data, files, json)
        sent = {"Accept": "application/json" if json is not None else ACCEPT}
        if method not in SAFE:
            sent["Origin"] = f"http://{self.host}"
        if referer:
            sent["Referer"] = f"http://{self.host}{referer}"
        kept = without_none({**sent, **(headers or {})})
        made = self.environ(method, with_query(path, query), kept, body, content_type or kind)
        made.update(environ or {})
        status, pairs, raw = run(self.application if environ else self._checked, made)
        for name, value in pairs:
            if name.lower() == "set-cookie":
                self.cookies.take(value)
        response = ClientResponse(self, method, with_query(path, query), status, pairs, raw)
        if follow and response.status in REDIRECTS:
            return self._follow(response, body, made.get("CONTENT_TYPE", ""), kept)
        return response

    def login(self, name: str, password: str | None = None) -> "Client":
        """Sign in as the site's own form does, whoever is signed in until now, and return the client.

        password: None for the one that `add_user` gives. Raises Unexpected if it does not succeed.
        """
        form = {"name": name, "password": PASSWORD if password is None else password}
        response = self.post("/login", form)
        if response.status != 303:
            raise Unexpected(f"{name!r} could not sign in: {response}\n{response.text[:2000]}")
        return self

    def logout(self) -> "Client":
        """Sign out through the site's own form, and return the client."""
        self.get("/logout").form(0).submit()
        return self

    def environ(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", content_type: str = ""
    ) -> dict[str, Any]:
        """Return the variables of WSGI for a request."""
        parts = urlsplit(path if path.startswith("//") is False else f"http://{self.host}{path}")
        made: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "HTTP_HOST": self.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body or method not in SAFE:
            made["CONTENT_LENGTH"] = str(len(body))
        if content_type:
            made["CONTENT_TYPE"] = content_type
        cookies = self.cookies.header(parts.path or "/")
        if cookies:
            made["HTTP_COOKIE"] = cookies
        for name, value in headers.items():
            variable = name.upper().replace("-", "_")
            made[variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{variable}"] = value
        return made

    def _follow(
        self, response: ClientResponse, body: bytes, content_type: str, headers: Mapping[str, str]
    ) -> ClientResponse:
        """Return what the redirects lead to. Raises Unexpected for too many, and for another site."""
        for _ in range(MOST_REDIRECTS):
            target = urljoin(f"http://{self.host}{response.path}", response.location)
            parts = urlsplit(target)
            if parts.netloc != self.host:
                raise Unexpected(f"{response} leads to another site: {target}")
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if response.status in KEEPS_METHOD:
                response = self.request(
                    response.method, path, data=body, content_type=content_type, headers=headers
                )
            else:
                response = self.get(path)
            if response.status not in REDIRECTS:
                return response
        raise Unexpected(f"{response}: more than {MOST_REDIRECTS} redirects")


def run(application: Any, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers and body that *application* answers."""
    answered: list[Any] = []
    blocks: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], info: Any = None) -> Callable[..., Any]:
        answered[:] = [status, list(headers)]
        return blocks.append

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unknown REQUEST_METHOD")
        body = application(environ, start_response)
    try:
        blocks.extend(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return answered[0], answered[1], b"".join(blocks)


def described(application: Any) -> Any:
    """Return *application* with a media type where there is no body: the validator wants one everywhere.

    What the validator does not look for, headers that only a server may send, is an AssertionError too.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            names = {name.lower() for name, _ in headers}
            if any(is_hop_by_hop(name) for name in names):
                raise AssertionError(f"An application may not send headers of the connection: {headers}")
            if "content-type" not in names and status[:3] not in {"204", "304"}:
                headers = [*headers, ("Content-Type", "application/octet-stream")]
            return start_response(status, headers, *rest)

        return application(environ, start)

    return answer


def with_query(path: str, query: Any) -> str:
    """Return *path* with the values of *query* behind it."""
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(list(pairs_of(query)))}"


def without_none(headers: Mapping[str, str | None]) -> dict[str, str]:
    """Return *headers* without those that are None."""
    return {name: value for name, value in headers.items() if value is not None}
