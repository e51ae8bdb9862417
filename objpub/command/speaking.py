"""What commands print: lines, tables, progress; and how they ask for a password."""

import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import SpinnerColumn
from rich.progress import TextColumn
from rich.progress import TimeElapsedColumn

from objpub.errors import Invalid

GAP = "  "


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows* under *head* in columns. Lines are not cut: they may go through a pipe."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for number, line in enumerate(lines):
        text = GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        click.echo(text if number else click.style(text, bold=True))


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: 1 problem, 2,000 problems."""
    return f"{number:,} {one if number == 1 else many}"


def size(number_of_bytes: int) -> str:
    """Return a number of bytes for people: 512 bytes, 3.4 MB."""
    if number_of_bytes < 1_000:
        return counted(number_of_bytes, "byte", "bytes")
    value = float(number_of_bytes)
    for unit in ("kB", "MB", "GB"):
        value /= 1_000
        if value < 1_000:
            return f"{value:.1f} {unit}"
    return f"{value / 1_000:.1f} TB"


@contextmanager
def bar(words: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar for long work, on a terminal, and give the function that moves it.

    The function takes (how many are done, of how many, what the last one was).
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as progress:
        task = progress.add_task(words, total=None, last="")

        def move(done: int, total: int, last: str) -> None:
            progress.update(task, completed=done, total=total, last=last[-40:])

        yield move


@contextmanager
def spinner(words: str) -> Iterator[Callable[[str], None]]:
    """Show that something is going on, on a terminal, and give a function that says how far it is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as progress:
        task = progress.add_task(words, total=None)
        yield lambda said: progress.update(task, description=f"{words}: {said}")


def console() -> Console:
    """Return the terminal for what is not the result of a command: the standard error stream."""
    return Console(file=sys.stderr)


def ask_password(of: str) -> str:
    """Return a new password for the user *of*: typed twice without being seen, or the first line that comes
    through a pipe.

    It is never an argument: the arguments of a process can be read by everybody on the machine.
    Raises Invalid where nothing comes.
    """
    if sys.stdin.isatty():
        return str(click.prompt(f"New password for {of}", hide_input=True, confirmation_prompt="Once more"))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid({"password": "wanted one, typed here or as the first line of the standard input"})
    return password
