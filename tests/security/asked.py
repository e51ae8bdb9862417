"""Which checks a function asks, by what its code speaks of."""

import dis
import inspect
import sys
from types import CodeType


def checks_of(function, checks, part):
    """Return (module, name) of each of *checks* that *function* asks, or what it calls in *part*."""
    found, waiting, met = {}, [function], set()
    while waiting:
        asking = waiting.pop()
        met.add(asking)
        module = sys.modules[asking.__module__]
        for name in names_in(asking.__code__):
            called = getattr(module, name, None)
            if inspect.isfunction(called) and called in checks:
                found[module, name] = None
            elif inspect.isfunction(called) and called.__module__.startswith(part):
                waiting += [called] if called not in met else []
    return sorted(found, key=lambda each: (each[0].__name__, each[1]))


def names_in(code):
    """Return the names of its module that *code*, and the functions in it, speak of."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    own = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return own.union(*map(names_in, inner))
