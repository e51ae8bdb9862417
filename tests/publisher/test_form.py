"""Forms that break off leave nothing behind."""

import gc
import io
import warnings
from pathlib import Path

import pytest

from objpub.publisher.form import read_form
from objpub.publisher.problems import BadRequest
from objpub.settings import LimitSettings

HEAD = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nthe first bytes of a file'


def environ(body):
    return {
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


@pytest.mark.parametrize("end", [b"", b"\r\n--b", b"\r\n--bXX", b"\r\n--b\r\nbroken"], ids=repr)
def test_a_form_that_breaks_off_in_a_file_leaves_no_file_open_and_none_behind(tmp_path: Path, end):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(BadRequest, match="cannot be read"):
            read_form(environ(HEAD + end), LimitSettings(), tmp_path)
        gc.collect()
    assert [each for each in warned if each.category is ResourceWarning] == []
    assert list(tmp_path.iterdir()) == []
