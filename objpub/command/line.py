"""The command line itself: commands with examples, and mistakes told in one line.

Whatever a person did wrong ends in `Program.main`, which prints the sentence and leaves with a status: 1 for
what objpub refused, 2 for a command that was mistyped. Nobody sees a traceback for a mistake of his own.
"""

import logging
import sys
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from objpub.errors import DatabaseInUse
from objpub.errors import ObjpubError

#: The status of a program that somebody stopped with Ctrl-C, as shells have it.
STOPPED = 130
REFUSED = 1


class Command(click.Command):
    """A command that shows examples in its help, and takes `--settings`.

    examples: command lines without the `$`.
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), settings: bool = True, **options: Any):
        """settings: False for a command that works without a site."""
        super().__init__(*arguments, **options)
        self.examples = tuple(examples)
        if settings:
            self.params.append(settings_option())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section("Example" if len(self.examples) == 1 else "Examples"):
                for example in self.examples:
                    formatter.write(f"{' ' * formatter.current_indent}{example}\n")


class Commands(click.Group):
    """Commands under one word; its own are `Command`, and one of a name that is nearly right is offered."""

    command_class = Command


class Program(Commands):
    """The whole command line."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command that was asked for, and leave with its status."""
        options["standalone_mode"] = False
        logging.getLogger("ZODB.FileStorage").setLevel(logging.ERROR)  # it warns of what it mends itself
        try:
            status = super().main(*arguments, **options)
        except click.ClickException as error:
            sys.exit(tell_usage(error))
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped.", err=True)
            sys.exit(STOPPED)
        except ObjpubError as error:
            sys.exit(tell(in_words(error)))
        except BrokenPipeError:
            # The reader went away, as `head` does. What Python would still write goes nowhere.
            sys.stdout = None
            sys.exit(REFUSED)
        except OSError as error:
            if error.filename is None:
                raise
            sys.exit(tell(f"{error.filename}: {error.strerror}"))
        sys.exit(status if isinstance(status, int) else 0)


def tell(sentence: str, status: int = REFUSED) -> int:
    """Print why a command could not be done, and return *status*."""
    click.echo(f"objpub: {sentence}", err=True)
    return status


def tell_usage(error: click.ClickException) -> int:
    """Print what is wrong with a command line, in one line, and return its status."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    message = error.format_message().strip().replace("\n", " ")
    context = getattr(error, "ctx", None)
    if context is not None:
        message += f" ({context.command_path} --help says more)"
    return tell(message, error.exit_code)


def in_words(error: ObjpubError) -> str:
    """Return what *error* says, with the way out where there is one."""
    text = str(error)
    if isinstance(error, DatabaseInUse) and "objpub serve" not in text:
        text += "; stop `objpub serve` first"
    return text


class Number(click.ParamType):
    """A number of a command line that is not less than 0, told in the words of settings.

    whole: must it be one? most: the largest.
    """

    name = "number"

    def __init__(self, *, whole: bool = False, most: int | None = None):
        self.whole = whole
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return *value* as an int or a float."""
        try:
            number = int(value) if self.whole else float(value)
        except ValueError:
            number = -1
        if not 0 <= number <= (sys.maxsize if self.most is None else self.most):  # "nan" is no number either
            wanted = "a whole number" if self.whole else "a number"
            wanted += " from 0 upward" if self.most is None else f" from 0 to {self.most}"
            self.fail(f"wanted {wanted}, not {value!r}", param, ctx)
        return number


def settings_option() -> click.Option:
    """Return the option that every command with a site has."""
    return click.Option(
        ["--settings", "settings_path"],
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The site's objpub.toml; default: the first one found from here upward.",
    )


def command(*examples: str, **options: Any) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command with *examples*; options are those of `Command`."""
    return click.command(cls=Command, examples=examples, **options)
