import pytest

from objpub.templates import Templates


@pytest.fixture
def made(tmp_path):
    """A function that writes files and returns the templates of an application, with the first of them."""

    def make(files, *, traverse_step=None, **options):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        templates = Templates()
        templates.configure(**options)
        templates.traverse_step = traverse_step
        return templates, templates.load(tmp_path / next(iter(files)))

    return make


@pytest.fixture
def page(made):
    """A function that renders one template, given as text, with variables."""

    def render(text, name="page.pt", options=None, /, **names):
        _, template = made({name: text}, **(options or {}))
        return template.render(**names)

    return render
