"""The words behind the programs of this folder, such as an engine and a number; a mistake costs one line."""

import sys


def asked(words, **wanted):
    """Return the values of *words*, those of the command line, and the defaults of what is not said.

    wanted: by name, in the order of the words, (default, allowed values) or (default, what reads a word).
    Ends the program with the status 2, and a line that says what is wanted, for any other word.
    """
    usage = f"python -m {sys.modules['__main__'].__spec__.name} {' '.join(f'[{name}]' for name in wanted)}"
    values = [default for default, _ in wanted.values()]
    for place, word in enumerate(words):
        if place >= len(values):
            stop(usage, f"{word!r} is one word too many")
        name, (_, taken) = list(wanted.items())[place]
        if isinstance(taken, tuple):
            if word not in taken:
                stop(usage, f"{name} is {word!r}, wanted one of {', '.join(taken)}")
            values[place] = word
            continue
        try:
            values[place] = taken(word)
        except ValueError:
            stop(usage, f"{name} is {word!r}, wanted a number")
    return values


def stop(usage, mistake):
    """Say both in one line, and end with the status 2."""
    print(f"{usage}: {mistake}", file=sys.stderr)
    sys.exit(2)
