"""`objpub reindex`, and what `objpub check` says of the catalog."""

FORGET = "site.catalog.forget(next(iter(site.catalog.reading().parents)))\ncommit()"


def test_reindex_mends_what_check_finds(objpub):
    objpub("shell", stdin=FORGET)
    assert "it is not in the catalog" in objpub("check", status=1).output
    assert objpub("reindex").output == "Indexed 1 resource: all indexes.\n"
    assert "No problem" in objpub("check").output


def test_indexes_are_built_by_name_and_one_that_there_is_not_is_refused(objpub):
    objpub("check")
    assert "Indexed" in objpub("reindex", "title").output
    result = objpub("reindex", "titel", status=1)
    assert result.stderr.startswith("objpub: There is no index 'titel'; there are ")
