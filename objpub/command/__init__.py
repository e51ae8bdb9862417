"""The command line: `objpub --help` lists what there is.

`line` runs commands and tells mistakes in one line, `sites` finds the site a command is about, and each other
module has one or a few commands. `main` is what the installed `objpub` calls. This module is the face of the
part; the rest is private.
"""

from .program import main

__all__ = ["main"]
