"""A form of a page: filled and sent as a browser does."""

import difflib
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from .encoding import file_of
from .encoding import multipart_of
from .encoding import URLENCODED
from .pages import Control
from .pages import FormOfPage

if TYPE_CHECKING:
    from .response import ClientResponse

BUTTONS = frozenset({"submit", "image"})
NEVER_SENT = frozenset({"reset", "button"})
CHOSEN = frozenset({"checkbox", "radio"})
NO_FILE = ("", b"", "application/octet-stream")


class PageForm:
    """A form as a person sees it; values that nobody fills in stay as the page has them.

    form["title"] is the value, a list where there are several controls or choices; setting it fills it in.
    """

    def __init__(self, form: FormOfPage, response: "ClientResponse"):
        self._form = form
        self._response = response
        self.action = response.to(form.action) if form.action else response.path
        self.method = form.method
        self._files: dict[str, list[tuple[str, bytes, str]]] = {}
        self._chosen: dict[int, list[str]] = {
            number: [value for value, _, selected in control.options if selected] or first_option(control)
            for number, control in enumerate(form.controls)
            if control.kind == "select"
        }
        self._texts = {number: control.value for number, control in enumerate(form.controls)}
        self._checked = {number for number, control in enumerate(form.controls) if control.checked}

    @property
    def names(self) -> list[str]:
        """The names of the controls, in their order."""
        return list(dict.fromkeys(control.name for control in self._form.controls if control.name))

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Any:
        """Return what would be sent as *name*: one value, None for nothing, a list of several."""
        numbers = self._numbers(name)
        sent = [value for number in numbers for value in self._values(number)]
        several = len(numbers) > 1 or "multiple" in self._form.controls[numbers[0]].attributes
        if several and self._form.controls[numbers[0]].kind != "radio":
            return sent
        return sent[0] if sent else None

    def __setitem__(self, name: str, value: Any) -> None:
        """Fill in *name*.

        A checkbox takes True and False, or a list of the values to check; a select and radio buttons one of
        their values; a select of several, and several controls of one name, a list; a file (filename,
        bytes, media type) or bytes. Raises LookupError for a name or a choice that is not there.
        """
        numbers = self._numbers(name)
        kind = self._form.controls[numbers[0]].kind
        if kind == "file":
            files = value if isinstance(value, list) else [value]
            self._files[name] = [file_of(name, file) for file in files]
        elif kind in CHOSEN:
            self._check(name, numbers, value)
        elif kind == "select":
            self._choose(name, numbers[0], value)
        else:
            texts = list(value) if isinstance(value, list | tuple) else [value]
            if len(texts) != len(numbers):
                raise LookupError(f"{name!r} has {len(numbers)} controls, not {len(texts)}")
            self._texts.update(zip(numbers, map(str, texts), strict=True))

    def fill(self, values: dict[str, Any] | None = None, **more: Any) -> "PageForm":
        """Fill in several values by name, and return the form."""
        for name, value in {**(values or {}), **more}.items():
            self[name] = value
        return self

    def submit(self, button: str | None = None, *, follow: bool = False, **options: Any) -> "ClientResponse":
        """Send the form. button: the name, value or text of the button to press; None: the first one.

        follow: follow redirects to the end. options: for `Client.request`, such as headers.
        """
        pressed = self._button(button)
        attributes = pressed.attributes if pressed is not None else {}
        action = attributes.get("formaction")
        target = self._response.to(action) if action else self.action
        method = attributes.get("formmethod", self.method).upper()
        pairs = list(self.pairs(pressed))
        client = self._response.client
        options.setdefault("referer", self._response.path)
        if method != "POST":
            query = urlencode([(name, plain(value)) for name, value in pairs])
            path = target.partition("#")[0].partition("?")[0]
            return client.get(f"{path}?{query}", follow=follow, **options)
        if self._form.enctype == "multipart/form-data":
            body, kind = multipart_of(pairs)
        else:
            body, kind = urlencode([(name, plain(value)) for name, value in pairs]).encode(), URLENCODED
        return client.request("POST", target, data=body, content_type=kind, follow=follow, **options)

    def pairs(self, pressed: Control | None = None) -> Iterator[tuple[str, Any]]:
        """Yield (name, value) of what is sent, in the order of the page; a file is a tuple."""
        for number, control in enumerate(self._form.controls):
            if control.name and (control.kind not in BUTTONS or control is pressed):
                yield from ((control.name, value) for value in self._values(number))

    def _values(self, number: int) -> Iterable[Any]:
        control = self._form.controls[number]
        if control.kind == "file":
            return self._files.get(control.name) or [NO_FILE]
        if control.kind == "select":
            return self._chosen[number]
        if control.kind in NEVER_SENT or (control.kind in CHOSEN and number not in self._checked):
            return []
        return [with_line_ends(self._texts[number])]

    def _check(self, name: str, numbers: list[int], value: Any) -> None:
        known = {self._form.controls[number].value: number for number in numbers}
        if isinstance(value, bool) and len(numbers) == 1:
            wanted = list(known) if value else []
        else:
            wanted = [str(each) for each in (value if isinstance(value, list | tuple | set) else [value])]
        for each in wanted:
            if each not in known:
                raise LookupError(f"{name!r} has no choice {each!r}, only {list(known)}")
        self._checked -= set(numbers)
        self._checked |= {known[each] for each in wanted}

    def _choose(self, name: str, number: int, value: Any) -> None:
        control = self._form.controls[number]
        wanted = [str(each) for each in (value if isinstance(value, list | tuple | set) else [value])]
        known = [option for option, _, _ in control.options]
        for each in wanted:
            if each not in known:
                raise LookupError(f"{name!r} has no choice {each!r}, only {known}")
        self._chosen[number] = wanted

    def _button(self, wanted: str | None) -> Control | None:
        buttons = [control for control in self._form.controls if control.kind in BUTTONS]
        if wanted is None:
            return buttons[0] if buttons else None
        for control in buttons:
            if wanted in (control.name, control.value, control.attributes.get("text")):
                return control
        there = [control.attributes.get("text") or control.value or control.name for control in buttons]
        raise LookupError(f"The form has no button {wanted!r}, only {there}")

    def _numbers(self, name: str) -> list[int]:
        numbers = [number for number, control in enumerate(self._form.controls) if control.name == name]
        if not numbers:
            near = difflib.get_close_matches(name, self.names, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f", only {self.names}"
            raise LookupError(f"The form has no field {name!r}{hint}")
        return numbers

    def __repr__(self) -> str:
        return f"<Form {self.method} {self.action} {self.names}>"


def first_option(control: Control) -> list[str]:
    """Return what a browser selects where the page selects nothing."""
    return [] if "multiple" in control.attributes or not control.options else [control.options[0][0]]


def with_line_ends(text: str) -> str:
    """Return *text* with the line ends that browsers send."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def plain(value: Any) -> str:
    """Return *value* for a form that takes no files: of a file, its name."""
    return str(value[0]) if isinstance(value, tuple) else str(value)
