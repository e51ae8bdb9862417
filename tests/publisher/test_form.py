"""Forms that break off leave nothing behind."""

import gc
import io
import warnings
from pathlib import Path

import pytest

from objpub.publisher.form import read_form
from objpub.publisher.problems import BadRequest
from objpub.publisher.problems import TooLarge
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


class BreaksOff(io.BytesIO):
    """A body whose sender is gone after the first bytes."""

    def read(self, size=-1):
        found = super().read(size)
        if not found:
            raise ConnectionResetError("gone")
        return found


@pytest.mark.parametrize("source", [io.BytesIO, BreaksOff])
@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/form-data; boundary=b"])
def test_a_body_that_ends_early_leaves_no_file_behind(tmp_path: Path, kind, source):
    sent = {**environ(HEAD), "CONTENT_TYPE": kind, "CONTENT_LENGTH": "1000", "wsgi.input": source(HEAD)}
    with pytest.raises(BadRequest):
        read_form(sent, LimitSettings(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_form_that_is_refused_after_its_files_leaves_none_behind(tmp_path: Path):
    boxes = " ".join(f"c{number}" for number in range(2_000)).encode()
    name = b'\r\n--b\r\nContent-Disposition: form-data; name="_checkboxes"\r\n\r\n'
    with pytest.raises(TooLarge, match="checkboxes"):
        read_form(environ(HEAD + name + boxes + b"\r\n--b--\r\n"), LimitSettings(), tmp_path)
    assert list(tmp_path.iterdir()) == []
