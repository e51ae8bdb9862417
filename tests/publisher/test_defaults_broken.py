"""A page that lists children stands while one of them cannot be loaded."""

from objpub import Content
from objpub import evolve
from objpub import Folder
from objpub import testing


class Reel(Content, addable="anywhere"):
    """Something whose stored shape a step cannot change."""

    title: str = ""


@evolve(Reel, version=2)
def fails(state):
    return {**state, "length": state["no such value"]}


def test_a_folder_with_a_child_that_cannot_be_loaded_is_shown_and_the_child_as_well(tmp_path):
    uri = {"database.uri": f"file:{tmp_path}/site.fs"}
    with testing.site(Reel, settings=uri) as site, site.work() as root:
        folder = root.add("folder", Folder())
        folder.add("reel", Reel(title="First reel"))
        folder.add("inner", Folder(title="Inner"))
    with testing.site(Reel, fails, settings=uri) as site:
        page = site.client.get("/folder/")
        assert page.status == 200
        assert "Inner" in page.text
        assert "First reel" not in page.text  # who may see it stands in what cannot be read
        assert site.client.get("/folder/reel").status in {303, 404}
        site.add_user("chief", roles=["manager"])
        assert "First reel" in site.client.login("chief").get("/folder/").text
        assert site.client.get("/folder/reel").status < 500
