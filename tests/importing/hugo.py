"""The documentation of Hugo: where the tests find it, and what Hugo would publish of it, found anew."""

import os
import pathlib
import tarfile

import pytest
import yaml

CONTENT = pathlib.Path(
    os.environ.get("OBJPUB_TEST_CONTENT") or pathlib.Path(__file__).parents[3] / "shared" / "content"
)
#: For `tarfile`: nothing outside of the folder; Python before 3.11.4 knows no such thing.
FILTER = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpacked(name, folder, part):
    """Unpack what lies below *part* in an archive into *folder*; skip the test where it is not there."""
    archive = CONTENT / name
    if not archive.is_file():
        pytest.skip(f"{archive} is not there; OBJPUB_TEST_CONTENT names the folder that has it")
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.startswith(part):
                tar.extract(member, folder, **FILTER)
    return folder / part


def published(manual, now):
    """Yield (path below the manual, front matter, text) of every page that Hugo would publish at *now*.

    Nothing in it is a draft or lies in the future; some pages expire, and _common and the entries of the
    glossary are not rendered. path: "" for the front page, else "/content-management/menus".
    """
    for file in manual.rglob("*.md"):
        path = file.relative_to(manual)
        if path.parts[0] == "_common" or ("glossary" in path.parts and path.name != "_index.md"):
            continue
        front, _, text = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        values = yaml.safe_load(front)
        if str(values.get("expiryDate", "9999")) <= now.isoformat():
            continue
        place = path.parent if path.stem in {"_index", "index"} else path.with_suffix("")
        yield f"/{place.as_posix().lower()}".removesuffix("/."), values, text
