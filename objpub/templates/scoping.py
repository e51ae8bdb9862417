"""How far what a template says reaches: what fills a slot, and the variables of what has failed."""

import ast
from collections.abc import Iterator
from typing import Any

from chameleon.astutil import store
from chameleon.codegen import template
from chameleon.compiler import Compiler
from chameleon.compiler import identifier

# What fills slots is kept among the variables of the template, by slot: functions, the one to use first last.
TAKE = """SLOT = econtext.get(KEY)
if SLOT:
    econtext[KEY] = SLOT[:-1]
    SLOT = SLOT[-1]
else:
    SLOT = None"""
FILL = "KEPT = econtext.get(KEY, ())\necontext[KEY] = (FUNCTION,)"
FILL_MORE = "KEPT = econtext.get(KEY, ())\necontext[KEY] = (FUNCTION,) + KEPT"
UNFILL = "econtext[KEY] = KEPT"


def take(slot: str) -> list[ast.stmt]:
    """Return the statements that take what fills *slot* out of the variables of a macro; None for nothing."""
    found: list[ast.stmt] = template(TAKE, SLOT=slot, KEY=ast.Constant(slot))
    return found


class Scoping(Compiler):
    """Compiles macros, so that what fills their slots reaches each that it is for and no other."""

    def visit_Macro(self, node: Any) -> Iterator[ast.FunctionDef]:  # noqa: N802 - the same
        """Let a macro take what fills its slots without taking it from others that are used beside it."""
        for function in super().visit_Macro(node):
            *body, attempt = function.body
            taken = [each for slot in sorted(self._slots) for each in take(slot)]
            function.body = [*body[: len(body) - len(self._slots)], *taken, attempt]
            yield function

    def visit_UseExternalMacro(self, node: Any) -> list[Any]:  # noqa: N802 - the same
        """Let what fills slots be for the macro that is used here, and not for those after it."""
        found = iter(super().visit_UseExternalMacro(node))
        body, after = [], []
        for each in found:
            body.append(each)
            if isinstance(each, ast.FunctionDef):
                next(found)  # Chameleon's way to keep it
                kept = identifier("kept", f"{each.name}_{id(node)}")
                key = ast.Constant(each.name.replace("__fill_", "__slot_", 1))
                fill = FILL_MORE if node.extend else FILL
                body += template(fill, KEY=key, KEPT=kept, FUNCTION=each.name)
                after += template(UNFILL, KEY=key, KEPT=kept)
        return [*body, *after]

    def visit_OnError(self, node: Any) -> Any:  # noqa: N802 - the same
        """Forget the variables of what failed: Chameleon would keep them for the rest of the page."""
        kept = identifier("scope", str(id(node)))
        *before, attempt = super().visit_OnError(node)
        handler = attempt.handlers[0]
        for at in (0, len(handler.body) + 2):
            handler.body[at:at] = template("econtext.clear()\necontext.update(KEPT)", KEPT=kept)
        return [*template("KEPT = econtext.copy()", KEPT=store(kept)), *before, attempt]
