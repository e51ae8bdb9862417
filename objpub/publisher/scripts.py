"""A site in one file, run as a script: its module gets the name that everybody else knows it by."""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

SCRIPT = "__main__"


def app_of_script(app: Any) -> Any:
    """Return *app*; if it is that of a running script, the same app as the module of the script has it.

    `python coast.py` runs the file under the name `__main__`. What that stores would belong to classes of
    `__main__`, which no other program has; so the file is imported as `coast`, and its classes are taken.
    """
    main = sys.modules[SCRIPT]
    name = name_of(main)
    if name is None or app.name != SCRIPT:
        return app
    module = importlib.import_module(name)
    if getattr(main, "app", None) is app:
        return module.app
    found = type(app)(name)
    found.include(*(same_in(module, thing) for thing in app.included))
    found.override(*(same_in(module, thing) for thing in app.overrides))
    return found


def name_of(main: ModuleType) -> str | None:
    """Return the name by which the running script *main* can be imported; None if there is none."""
    if main.__spec__ is not None:  # python -m coast
        return main.__spec__.name.removesuffix(f".{SCRIPT}")
    file = getattr(main, "__file__", None)
    name = Path(file).stem if file else ""
    spec = find_spec(name) if name.isidentifier() else None
    return name if spec and spec.origin and Path(spec.origin).samefile(file or "") else None


def same_in(module: ModuleType, thing: Any) -> Any:
    """Return what is called in *module* as *thing* is in the script; *thing* if it is not of the script."""
    if getattr(thing, "__module__", None) != SCRIPT:
        return thing
    return getattr(module, thing.__qualname__, thing)
