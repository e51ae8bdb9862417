"""The forms and the links of a page, read from its HTML."""

from dataclasses import dataclass
from dataclasses import field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass
class Control:
    """One control of a form.

    kind: the type of an input, or "select", "textarea". name, value: as they are in the page. checked: of
    checkboxes and radio buttons. options: of a select, (value, text, selected). attributes: all of them.
    """

    kind: str
    name: str
    value: str
    checked: bool = False
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    attributes: Attributes = field(default_factory=dict)


@dataclass
class FormOfPage:
    """One form as it stands in the page."""

    id: str
    name: str
    action: str
    method: str
    enctype: str
    controls: list[Control] = field(default_factory=list)


@dataclass
class Page:
    """What a browser knows of a page. links: (text, target)."""

    forms: list[FormOfPage] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def read_page(html: str) -> Page:
    """Return the forms and links of *html*."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    reader.give_controls_to_forms()
    return reader.page


class Reader(HTMLParser):
    """Reads a page once, from top to bottom."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._form: FormOfPage | None = None
        self._loose: list[tuple[str, Control]] = []  # controls with an attribute `form`
        self._select: Control | None = None
        self._option: tuple[str | None, bool] | None = None
        self._collecting: Control | None = None  # a textarea or a button
        self._target: str | None = None
        self._words: list[str] = []
        self._templates = 0  # that are open: what stands in them is not in the page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag that opens."""
        attributes = {name: value or "" for name, value in attrs}
        is_shown = "shadowrootmode" in attributes and not self._templates  # a part of the page, such as a bar
        self._templates += tag == "template" and not is_shown
        if self._templates:
            return
        opened = getattr(self, f"_open_{tag}", None)
        if opened is not None:
            opened(attributes)

    def handle_endtag(self, tag: str) -> None:
        """Take note of a tag that closes."""
        is_inside = self._templates > 0
        self._templates -= tag == "template" and is_inside
        closed = getattr(self, f"_close_{tag}", None)
        if closed is not None and not is_inside:
            closed()

    def handle_data(self, data: str) -> None:
        """Collect the text of links, options, buttons and text areas."""
        self._words.append(data)

    def give_controls_to_forms(self) -> None:
        """Give the controls that stand elsewhere to the form that they name."""
        for name, control in self._loose:
            for form in self.page.forms:
                if form.id == name:
                    form.controls.append(control)

    def _open_form(self, attributes: Attributes) -> None:
        self._form = FormOfPage(
            attributes.get("id", ""),
            attributes.get("name", ""),
            attributes.get("action", ""),
            attributes.get("method", "get").upper(),
            attributes.get("enctype", ""),
        )
        self.page.forms.append(self._form)

    def _close_form(self) -> None:
        self._form = None

    def _open_input(self, attributes: Attributes) -> None:
        kind = attributes.get("type", "text").lower()
        value = attributes.get("value", "on" if kind in {"checkbox", "radio"} else "")
        self._add(Control(kind, attributes.get("name", ""), value, "checked" in attributes, [], attributes))

    def _open_button(self, attributes: Attributes) -> None:
        kind = attributes.get("type", "submit").lower()
        self._collecting = Control(
            kind, attributes.get("name", ""), attributes.get("value", ""), attributes=attributes
        )
        self._words = []
        self._add(self._collecting)

    def _close_button(self) -> None:
        if self._collecting is not None:
            self._collecting.attributes["text"] = self._text()
        self._collecting = None

    def _open_textarea(self, attributes: Attributes) -> None:
        self._collecting = Control("textarea", attributes.get("name", ""), "", attributes=attributes)
        self._words = []
        self._add(self._collecting)

    def _close_textarea(self) -> None:
        if self._collecting is not None:
            self._collecting.value = "".join(self._words).removeprefix("\n")
        self._collecting = None

    def _open_select(self, attributes: Attributes) -> None:
        self._select = Control("select", attributes.get("name", ""), "", attributes=attributes)
        self._add(self._select)

    def _close_select(self) -> None:
        self._close_option()
        self._select = None

    def _open_option(self, attributes: Attributes) -> None:
        self._close_option()
        self._option = (attributes.get("value"), "selected" in attributes)
        self._words = []

    def _close_option(self) -> None:
        if self._select is not None and self._option is not None:
            value, selected = self._option
            text = self._text()
            self._select.options.append((text if value is None else value, text, selected))
        self._option = None

    def _open_a(self, attributes: Attributes) -> None:
        self._target = attributes.get("href")
        self._words = []

    def _close_a(self) -> None:
        if self._target is not None:
            self.page.links.append((self._text(), self._target))
        self._target = None

    def _add(self, control: Control) -> None:
        if "disabled" in control.attributes:
            return
        owner = control.attributes.get("form")
        if owner:
            self._loose.append((owner, control))
        elif self._form is not None:
            self._form.controls.append(control)

    def _text(self) -> str:
        return " ".join("".join(self._words).split())
