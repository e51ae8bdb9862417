"""From `objpub.toml` and the environment to settings, with every mistake named at once."""

import difflib
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import fields
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from objpub.errors import SettingsError

from .parsing import WrongRow
from .tables import PREFIX
from .tables import reference
from .tables import Setting
from .tables import Settings

#: Variables of the environment that begin so are for tests and never settings.
NOT_SETTINGS = "OBJPUB_TEST_"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings from the file at *path* and from *environ*.

    path: an `objpub.toml`; None: no file, and the folder is the working directory.
    Raises SettingsError, which names every mistake at once with the place where it stands.
    """
    table = {} if path is None else read_toml(path)
    folder = Path.cwd() if path is None else path.resolve().parent
    known = {each.name: each for each in reference()}
    problems: list[str] = []
    given = [*from_file(table, str(path), known, problems), *from_environment(environ, known, problems)]
    values: dict[str, Any] = {}
    for name, value, place in given:
        try:
            values[name] = known[name].parse(value)
        except WrongRow as wrong:
            problems.append(f"{place}: {name} has {wrong.row!r}, wanted {known[name].wanted}")
        except (ValueError, TypeError, KeyError):
            was = f"is {value!r}" if known[name].shown else "is not accepted"  # nobody's secret goes to a log
            problems.append(f"{place}: {name} {was}, wanted {known[name].wanted}")
    if problems:
        raise SettingsError("\n".join(problems))
    return build(folder, values)


def build(folder: Path, values: Mapping[str, Any]) -> Settings:
    """Return the settings with *values* by name, "database.uri", in place of the defaults."""
    arguments: dict[str, Any] = {}
    for each in fields(Settings):
        if is_dataclass(each.type):
            start = each.name + "."
            inner = {
                name.removeprefix(start): value for name, value in values.items() if name.startswith(start)
            }
            arguments[each.name] = each.type(**inner)  # type: ignore[operator]
        elif each.name in values:
            arguments[each.name] = values[each.name]
    return Settings(folder=folder, **arguments)


def read_toml(path: Path) -> dict[str, Any]:
    """Return what the file at *path* says. Raises SettingsError if it is not there or not TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"Cannot read the settings at {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error


Given = tuple[str, Any, str]


def from_file(
    table: Mapping[str, Any], path: str, known: Mapping[str, Setting], problems: list[str]
) -> Iterator[Given]:
    """Yield (name, value, place) of what stands in a file; what is unknown is added to *problems*."""
    sections = {name.partition(".")[0] for name in known if "." in name}
    for name, value in table.items():
        if name in sections and not isinstance(value, dict):
            problems.append(f"{path}: {name} is {value!r}, wanted a table [{name}]")
        elif name in sections:
            for key, inner in value.items():
                yield from known_only(f"{name}.{key}", inner, path, known, problems)
        else:
            yield from known_only(name, value, path, {**known, **dict.fromkeys(sections)}, problems)


def known_only(
    name: str, value: Any, path: str, known: Mapping[str, Any], problems: list[str]
) -> Iterator[Given]:
    """Yield (name, value, place) if there is such a setting, else add the nearest one to *problems*."""
    if known.get(name) is not None:
        yield name, value, path
    else:
        problems.append(f"{path}: there is no setting {name!r}{nearest_of(name, known)}")


def from_environment(
    environ: Mapping[str, str], known: Mapping[str, Setting], problems: list[str]
) -> Iterator[Given]:
    """Yield (name, value, place) of the variables that begin with OBJPUB_."""
    names = {each.variable: each.name for each in known.values()}
    for variable, value in environ.items():
        if variable in names:
            yield names[variable], value, f"environment {variable}"
        elif variable.startswith(PREFIX) and not variable.startswith(NOT_SETTINGS):
            problems.append(f"environment: there is no setting {variable!r}{nearest_of(variable, names)}")


def nearest_of(name: str, known: Mapping[str, Any]) -> str:
    """Return "; did you mean ...?" for the known name that is nearest, or nothing."""
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""
