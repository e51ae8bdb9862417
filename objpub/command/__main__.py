"""`python -m objpub.command` is `objpub`."""

from .program import main

main()
