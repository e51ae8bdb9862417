"""Places in a template where a value could run: checked or refused when the template is compiled."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from typing import cast

from chameleon.astutil import Builtin
from chameleon.astutil import store
from chameleon.codegen import template
from chameleon.compiler import Compiler
from chameleon.compiler import ExpressionEngine
from chameleon.compiler import identifier
from chameleon.exc import LanguageError
from chameleon.namespaces import TAL_NS
from chameleon.nodes import Content
from chameleon.nodes import DictAttributes
from chameleon.nodes import Interpolation
from chameleon.nodes import Substitution
from chameleon.nodes import Value
from chameleon.tokenize import Token
from chameleon.zpt.program import MacroProgram

from .safe_values import holds_address
from .safe_values import in_cdata
from .safe_values import LEADING
from .safe_values import LEFT_OUT
from .safe_values import local
from .safe_values import refusal
from .safe_values import safe_address
from .safe_values import safe_attributes
from .safe_values import SCHEME
from .safe_values import script_data

#: What compiled templates call.
NAMES = {
    "__safe_address": safe_address,
    "__safe_attributes": safe_attributes,
    "__script_data": script_data,
    "__cdata": in_cdata,
}

#: In place of the characters to escape: a value is written as JSON.
JSON = ("json",)
CDATA = ("cdata",)  # the same: it cannot end the CDATA that it stands in
DATA_TYPE = re.compile(r"\s*application/([\w.-]+\+)?json\s*", re.IGNORECASE)
STRUCTURE = re.compile(r"\$\{\s*structure:")
RUNS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)

# Chameleon's own function, but for markup in an attribute: its quotes would end the attribute.
emit_quote = template(
    is_func=True,
    func_args=("func", "str", "type", "encoded"),
    func_defaults=(str, type, bytes),
    source=r"""
    def func(target, quote, quote_entity, default, default_marker):
        if target is None:
            return

        if target is default_marker:
            return default

        __tt = type(target)

        if __tt is encoded:
            target = decode(target)
        elif __tt is not str:
            if __tt is int or __tt is float:
                return str(target)
            __markup = getattr(target, "__html__", None)
            if __markup is None:
                __converted = translate(
                    target,
                    domain=__i18n_domain,
                    context=__i18n_context,
                    target_language=target_language
                )
                target = str(target) if target is __converted \
                         else __converted
            else:
                target = __markup()
                if quote is not None and quote in target:
                    target = target.replace(quote, quote_entity)
                return target

        if target is not None:
            try:
                escape = __re_needs_escape(target) is not None
            except TypeError:
                pass
            else:
                if escape:
                    if '&' in target:
                        target = target.replace('&', '&amp;')
                    if '<' in target:
                        target = target.replace('<', '&lt;')
                    if '>' in target:
                        target = target.replace('>', '&gt;')
                    if quote is not None and quote in target:
                        target = target.replace(quote, quote_entity)

        return target""",
)


@dataclass(frozen=True)
class Element:
    """The element whose attributes or texts are read. written: its attributes, by names in small letters."""

    name: str
    written: dict[str, str]
    has_content: bool

    @property
    def is_raw(self) -> bool:
        """Is what stands in it no HTML?"""
        return self.name in {"script", "style"}

    @property
    def is_data(self) -> bool:
        """Is it a script that only holds data?"""
        return self.name == "script" and DATA_TYPE.fullmatch(self.written.get("type", "")) is not None


class SafePlaces(MacroProgram):
    """Reads a template. Raises LanguageError where a value would stand that cannot be made harmless."""

    _element: Element | None = None

    def visit_element(self, start: dict[str, Any], end: dict[str, Any] | None, children: list[Any]) -> Any:
        """Know the element while its attributes and texts are read."""
        around, attributes = self._element, start["ns_attrs"]
        written = {each["name"].lower(): str(each["value"] or "") for each in start["attrs"]}
        has_content = (TAL_NS, "content") in attributes
        self._element = element = Element(local(start["name"]), written, has_content)
        if element.is_raw and (TAL_NS, "on-error") in attributes:
            raise LanguageError(
                "tal:on-error cannot stand in a script or style", attributes[TAL_NS, "on-error"]
            )
        node = super().visit_element(start, end, children)
        self._element = around
        return node

    def visit_text(self, node: Token) -> Any:
        """Write values in a script of data as JSON; refuse them in other scripts and in styles."""
        element = self._element
        if element is None or not element.is_raw or not self._interpolation[-1] or not has_value(node):
            return super().visit_text(node)
        begins = node.index("${")
        token = node[begins : node.find("}", begins) + 1 or len(node)]
        check_raw(element, token, STRUCTURE.search(node) is not None)
        self._last = node
        return Interpolation(Substitution(node, JSON), True, False)

    def visit_cdata(self, node: Token) -> Any:
        """Refuse values where nothing can be escaped."""
        if self._interpolation[-1] and has_value(node):
            raise LanguageError("A value in <![CDATA[ ]]> cannot be escaped: write it as a text", node)
        return super().visit_cdata(node)

    def _make_content_node(self, expression: Token, default: Any, key: str, translate: bool) -> Any:
        element = self._element
        if element is None or not element.is_raw or not element.has_content:
            return super()._make_content_node(expression, default, key, translate)
        check_raw(element, expression, key == "structure")
        return Content(Value(expression), JSON, False)

    def _create_attributes_nodes(self, prepared: list[Any], translated: dict[str, Any]) -> Any:
        element = self._element
        assert element is not None  # it is about its attributes
        for at, (name, text, quote, space, equals, expression) in enumerate(prepared):
            if name is not None and is_filled(text, expression):
                check_attribute(element, name, text, expression)
                prepared[at] = name, text, quote or '"', space, equals or "=", expression
        nodes, filters = super()._create_attributes_nodes(prepared, translated)
        node: Any
        for (name, text, _, _, _, expression), node in zip(prepared, nodes, strict=True):
            if isinstance(node, DictAttributes):
                node.__dict__["element"] = element.name
            elif is_filled(text, expression) and holds_address(element.name, local(name)):
                checked = expression is not None or not leads_somewhere(text)
                getattr(node, "node", node).is_address = checked  # which is in a Define
        return nodes, filters


def is_filled(text: Token | None, expression: Token | None) -> bool:
    """Does an attribute, written as *text*, get a value when the template runs?"""
    return expression is not None or (text is not None and has_value(text))


def has_value(text: str) -> bool:
    """Does a value stand in *text*? Two dollars are one that begins no value."""
    return "${" in text and "${" in text.replace("$$", "")


def beginning(text: str) -> str:
    """Return what stands before the first value in the *text* of an attribute, as browsers read it."""
    return unescape(text.partition("${")[0]).lstrip(LEADING).translate(LEFT_OUT)


def leads_somewhere(text: str) -> bool:
    """Is what stands before the first value enough to know that the address runs nothing?"""
    written = beginning(text)
    return SCHEME.match(written) is not None or any(each in written for each in "/?#")


def check_attribute(element: Element, name: Token, text: Token | None, expression: Token | None) -> None:
    """Raise LanguageError if the attribute *name* of *element* may not be filled with a value."""
    token = expression or text or name
    reason = refusal(element.name, name)
    if reason is None and element.name == "meta" and name == "content" and "http-equiv" in element.written:
        reason = "of this element can lead elsewhere: let the view answer with a redirect or a header"
    if reason is None and text is not None and expression is None and RUNS.match(beginning(text)):
        if holds_address(element.name, local(name)):
            reason = "begins as something that runs: a value cannot be escaped there"
    if reason is not None:
        raise LanguageError(f"The attribute {name} {reason}", token)


def check_raw(element: Element, token: Token, structure: bool) -> None:
    """Raise LanguageError if a value cannot stand in the text of *element*, a script or style."""
    if element.name == "style":
        raise LanguageError("A value cannot be escaped in a style: use classes", token)
    if not element.is_data:
        raise LanguageError(
            "A value cannot be escaped in a script: give it in data- attributes, or in a script of the type"
            " application/json",
            token,
        )
    if structure:
        raise LanguageError("Values in a script of data are written as JSON, so structure has no use", token)


class SafeEngine(ExpressionEngine):
    """Compiles expressions; those in a script of data into JSON."""

    def _convert_text(self, target: ast.Name, escaped: tuple[str, ...]) -> list[ast.stmt]:
        if escaped == JSON:
            return as_json(target)
        if escaped == CDATA:
            return template("TARGET = __cdata(TARGET)", TARGET=target)
        found: list[ast.stmt] = super()._convert_text(target, escaped)
        return found if not escaped else [unless_plain(target, found)]


class SafeCompiler(Compiler):
    """Compiles what `SafePlaces` has found to need a check when the template runs."""

    def visit_Macro(self, node: Any) -> Iterator[ast.FunctionDef]:  # noqa: N802 - named after the class
        """Let no macro end an attribute with markup."""
        for function in super().visit_Macro(node):
            at = next(at for at, each in enumerate(function.body) if getattr(each, "name", "") == "__quote")
            function.body[at : at + 1] = emit_quote("__quote")
            yield function

    def visit_Attribute(self, node: Any) -> Any:  # noqa: N802 - the same
        """Check an address before it is written."""
        body = super().visit_Attribute(node)
        if getattr(node, "is_address", False):
            target = identifier("attr", node.name)
            body[-1:-1] = template("TARGET = __safe_address(TARGET)", TARGET=target)
        return body

    def visit_DictAttributes(self, node: Any) -> Any:  # noqa: N802 - the same
        """Check names and values that come in a mapping before they are written."""
        body = super().visit_DictAttributes(node)
        target = identifier("attr", str(id(node)))
        check = "TARGET = __safe_attributes(TARGET, ELEMENT)"
        body[-1:-1] = template(check, TARGET=target, ELEMENT=ast.Constant(node.element))
        return body

    def visit_Content(self, node: Any) -> Any:  # noqa: N802 - the same
        """Write the content of a script of data."""
        if node.char_escape != JSON:
            return super().visit_Content(node)
        name = "__content"
        return [
            *self._engine(node.expression, store(name)),
            *as_json(store(name)),
            *template("__append(NAME)", NAME=name),
        ]


def unless_plain(target: ast.Name, escape: list[ast.stmt]) -> ast.If:
    """Return the statements that *escape* what *target* holds, left out for a text with nothing to escape."""
    (check,) = template(
        "if TYPE(TARGET) is not TEXT or __re_needs_escape(TARGET): pass",
        TYPE=Builtin("type"),
        TEXT=Builtin("str"),
        TARGET=target,
    )
    check.body = escape
    return cast(ast.If, check)


def as_json(target: ast.Name) -> list[ast.stmt]:
    """Return the statement that makes JSON of what *target* holds."""
    found: list[ast.stmt] = template("TARGET = __script_data(TARGET)", TARGET=target.id)
    return found
