"""Twelve tasks of an editor's day in three interfaces, with the same 39,000 pages: what each takes.

`python -m bench.tasks FOLDER` installs Wagtail and Django's admin beside objpub, fills a site of each, lets
Chromium do the tasks as somebody would who knows the interface well, looks into the databases whether they
are done, and prints clicks, keys, pages, kilobytes and seconds. docs/explanation/editing-compared.md has the
figures. `python -m bench.tasks.show FOLDER` takes pictures of the matching pages.
"""
