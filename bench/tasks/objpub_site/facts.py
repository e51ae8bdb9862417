"""Print what the database of this folder holds after the tasks, as JSON: python facts.py."""

import json
from pathlib import Path

from objpub import App
from objpub import Folder
from objpub.lineage import find_resource
from objpub.security import Policy
from objpub.settings import load_settings
from objpub.workflow import state_of


def images_in(article):
    """Return how many pictures an *article* has: its own, and those in its text."""
    return (article.photo is not None) + article.text.count("<img")


def main():
    """Look at all that the tasks should have changed."""
    application = App("desk").open(load_settings(Path("objpub.toml"), {}))
    with application.work() as site:
        desk, policy = site["desk"], application.registry[Policy]
        added = next((each for each in desk.values() if each.title == "Neap tide"), None)
        can = {
            name: bool(policy.can(site.users.identity(name), "edit", desk["people"]["people-1"]))
            for name in ("tomas", "nora")
        }
        print(
            json.dumps(
                {
                    "title": find_resource(site, "/hugo/host-and-deploy/host-on-azure-static-web-apps").title,
                    "added": added is not None and state_of(added) == "published" and images_in(added) == 1,
                    "uploaded": len(desk["gallery"]),
                    "moved": [len(desk["fifty"]), len(desk["archive"])],
                    "first": next(iter(desk["ordered"].values())).title,
                    "rights": can,
                    "image": site["images"]["lighthouse"].size,
                    "published": state_of(desk["waiting"]) == "published",
                    "restored": len(desk["deleted"]) if isinstance(desk.get("deleted"), Folder) else 0,
                }
            )
        )
    application.close()


if __name__ == "__main__":
    main()
