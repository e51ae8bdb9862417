"""A site under test is real, and gone afterwards."""

import pytest

from objpub import Site
from objpub import testing
from objpub.errors import SettingsError
from objpub.publisher import App
from objpub.views import view


@view(Site, "hello", permission="public")
def hello(site, request):
    return "hello"


@pytest.mark.parametrize("file", [False, True])
def test_a_site_answers_and_leaves_nothing_behind(file):
    with testing.site(hello, file=file) as site:
        assert site.client.get("/hello").text == "hello"
        assert (site.folder / "var" / "site.fs").exists() is file
    assert not site.folder.exists()


#: Brings templates that are none of objpub's own, which are kept beside its modules.
WITH_TEMPLATES = "tests.publisher.xss.kinds"


def compiled_in(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.code")}


def test_templates_are_compiled_for_the_first_test_only(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with testing.site(WITH_TEMPLATES):
        kept = compiled_in(tmp_path)
    assert kept
    with testing.site(WITH_TEMPLATES) as site:
        assert site.client.get("/").status == 200
    assert compiled_in(tmp_path) == kept


def test_a_user_without_a_folder_has_sites_all_the_same(tmp_path, monkeypatch):
    tmp_path.joinpath("file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with testing.site(hello) as site:
        assert site.client.get("/hello").text == "hello"


def test_an_app_keeps_its_compiled_templates_in_the_folder_of_its_site(tmp_path):
    tmp_path.joinpath("objpub.toml").write_text('[database]\nuri = "demo:"\n')
    kept = []
    for _ in range(2):
        app = App()
        app.include(WITH_TEMPLATES)
        app.wsgi(tmp_path / "objpub.toml").close()
        kept.append(compiled_in(tmp_path / "var" / "cache" / "templates"))
    assert kept[0] and kept[0] == kept[1]


def test_an_app_can_be_given():
    app = App()
    app.include(hello)
    with testing.site(app) as site:
        assert site.app is app
        assert site.client.get("/hello").status == 200


def test_settings_go_by_name_and_unknown_ones_are_errors():
    with testing.site(
        settings={"limits.fields": 10, "server.hosts": ["a.example"], "database.cache_bytes": "1MB"}
    ) as site:
        assert site.application.settings.limits.fields == 10
        assert site.application.settings.server.hosts == ("a.example",)
    with (
        pytest.raises(SettingsError, match="did you mean 'limits.fields'"),
        testing.site(settings={"limits.field": 1}),
    ):
        pass


def test_work_is_committed_at_the_end_or_not_at_all():
    with testing.site() as site:
        before = site.last_transaction()
        with pytest.raises(KeyError), site.work() as root:
            root.title = "Lost"
            raise KeyError
        assert site.last_transaction() == before
        with site.work(sentence="Named the site") as root:
            root.title = "Kept"
        assert site.last_transaction() != before
        assert "Kept" in site.client.get("/").text
