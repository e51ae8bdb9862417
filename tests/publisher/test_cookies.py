"""Cookies are read as WebOb reads them, where it reads them, and none of them spoils the others."""

from string import ascii_letters
from string import digits

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webob.cookies import make_cookie
from webob.request import BaseRequest

from objpub.publisher.cookies import read_cookies
from objpub.publisher.problems import HeadTooLarge


def read(header):
    environ = {"HTTP_COOKIE": header}
    read_cookies(environ, 10_000)
    return dict(BaseRequest(environ).cookies)


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("a=b", {"a": "b"}),
        ("a=b; c=d;e=f", {"a": "b", "c": "d", "e": "f"}),
        (" a = b ;\tc=\t d", {"a": "b", "c": "d"}),
        ('a="b c"', {"a": "b c"}),
        ('a="b\\"c\\073d\\\\"', {"a": 'b"c;d\\'}),
        ("a=b=c", {"a": "b=c"}),
        ("a=", {"a": ""}),
        ("a", {}),
        ("=b", {}),
        (";;;", {}),
        ("", {}),
        ("a=b; a=c", {"a": "c"}),
        ("a=b, c=d", {"a": "b, c=d"}),
        ('a="', {"a": '"'}),
        ("a=\\303; b=c", {"b": "c"}),
        ('a="\\303\\274"', {"a": "ü"}),
        ("a=\xc3\xbc", {"a": "ü"}),
        ("a=\xff; b=c", {"b": "c"}),
    ],
)
def test_what_is_in_the_header_is_in_the_cookies(header, cookies):
    assert read(header) == cookies


@given(st.text(ascii_letters + digits + "!#$%&'()*+-./:<=>?@[]^_`{|}~", max_size=100))
def test_what_was_set_comes_back(value):
    pair = make_cookie("name", value.encode()).partition("; ")[0]
    assert read(f"other=1; {pair}; more=2") == {"other": "1", "name": value, "more": "2"}


def test_a_header_that_is_too_long_is_not_read():
    with pytest.raises(HeadTooLarge, match=r"11,000 bytes; at most 10,000"):
        read("a" * 11_000)
