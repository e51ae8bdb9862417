"""The demo: objpub's own documentation, published by objpub. `python -m objpub.demo DIR` runs it.

    app = demo_app()
    application = app.open(settings)
    fill(application, documentation_folder())

It is a site like any other: types in `content`, views in `views`, templates and style sheets beside them.
Everything in it uses only what a site of your own can use. This module is the face of the part.
"""

from .content import Documentation
from .filling import documentation_folder
from .filling import fill
from .running import demo_app
from .running import demo_settings

app = demo_app()  # what `[site] app = "objpub.demo"` in a settings file names

__all__ = ["Documentation", "app", "demo_app", "demo_settings", "documentation_folder", "fill"]
