"""One small application in four frameworks, under one suite of acceptance tests.

A list of texts: visitors read them, as pages and as JSON; who signs in adds, edits and deletes. `apps/` has
it as somebody who knows the framework would write it. `python -m bench.compare` installs what they need, lets
the suite judge each, and prints what each costs. docs/explanation/comparison.md has the figures.
"""
