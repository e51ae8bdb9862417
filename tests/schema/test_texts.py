import enum
from typing import Annotated
from typing import Any

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Email
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import parameters_of
from objpub.schema import RichText
from objpub.schema import schema_of
from objpub.schema import Secret
from objpub.schema import URL


def refusal(declared, value):
    """Return the sentence with which *declared* refuses *value*."""
    with pytest.raises(Invalid) as caught:
        declared.check(value)
    assert list(caught.value.errors) == [declared.name]
    return caught.value.errors[declared.name]


def test_a_line_loses_the_space_around_it():
    assert Field("title", str, field()).check("  Tides \t") == "Tides"


@pytest.mark.parametrize("value", [1, None, b"bytes", ["a"], object()])
def test_a_line_is_text(value):
    assert refusal(Field("title", str, field()), value).startswith("wanted a line of text, not ")


@pytest.mark.parametrize("bad", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"])
def test_a_line_has_no_line_breaks_and_no_controls(bad):
    sentence = refusal(Field("title", str, field()), f"a{bad}b")
    assert sentence == f"wanted a line of text without {bad!r}, not {f'a{bad}b'!r}"


@pytest.mark.parametrize("value", ["a\tb", "a\u00a0b", "a\u202fb", "é", "\u0e40", "\U0001f30a", "\ue000"])
def test_a_line_may_have_every_other_character(value):
    assert Field("title", str, field()).check(value) == value


def test_a_text_of_many_lines_has_one_sort_of_line_break():
    declared = Field("summary", str, field(multiline=True))
    assert declared.check("a\r\nb\rc\n") == "a\nb\nc\n"
    assert declared.kind.name == "multiline text"
    assert "without '\\x00'" in refusal(declared, "a\0b")


def test_a_text_that_must_be_given_must_say_something():
    assert refusal(Field("title", str, field()), "  ") == "is empty; wanted a line of text"
    assert Field("title", str, field(default="")).check("  ") == ""
    assert Field("title", str, field(min_length=0)).check("") == ""
    assert Field("title", str | None, field()).check(" ") is None


def test_lengths_are_counted_in_characters():
    declared = Field("title", str, field(min_length=2, max_length=3))
    assert declared.wanted == "a line of text of 2 to 3 characters"
    assert declared.check("äöü") == "äöü"
    assert refusal(declared, "abcd") == "wanted at most 3 characters, not 4: 'abcd'"
    assert refusal(declared, "a") == "wanted at least 2 characters, not 1: 'a'"
    assert Field("title", str | None, field(min_length=2)).check("") is None


def test_every_text_has_a_length_that_it_may_not_exceed():
    sentence = refusal(Field("title", str, field()), "x" * 10_001)
    assert sentence.startswith("wanted at most 10,000 characters, not 10,001: 'xxx")
    assert len(sentence) < 150
    assert len(Field("body", str, field(multiline=True)).check("x" * 1_000_000)) == 1_000_000
    assert "at most 1,000,000" in refusal(Field("body", Markdown, field()), "x" * 1_000_001)


def test_a_pattern_must_match_the_whole_line():
    declared = Field("code", str, field(pattern="[A-Z]{2}", default=""))
    assert declared.check("AB") == "AB"
    assert declared.check("") == ""
    assert refusal(declared, "ABC") == "wanted a text that matches '[A-Z]{2}', not 'ABC'"


def test_what_says_it_is_text_is_stored_as_plain_text():
    class Loud(str):
        def __str__(self):
            return "LOUD"

    class Mood(enum.StrEnum):
        CALM = "calm"

    declared = Field("title", str, field())
    assert type(declared.check(Loud("quiet"))) is str
    assert declared.check(Loud("quiet")) == "quiet"
    assert type(declared.check(Mood.CALM)) is str


def test_rich_text_holds_nothing_that_runs():
    declared = Field("body", RichText, field(default=""))
    stored = declared.check('<p onclick="x()">Hi <script>alert(1)</script><b>you</b></p>')
    assert stored == "<p>Hi <b>you</b></p>"


def test_rich_text_is_measured_before_and_after_it_is_made_safe():
    assert refusal(Field("body", RichText, field()), "<script>x</script>").startswith("is empty")
    sentence = refusal(Field("body", RichText, field(max_length=8)), "<b>x<b>")
    assert sentence == "wanted at most 8 characters, not 15: '<b>x<b></b></b>'"
    assert Field("body", RichText | None, field(default=None)).check("<script></script>") is None


def test_markdown_stays_as_it_was_written():
    declared = Field("body", Markdown, field(default=""))
    assert declared.check("# <script>\r\n") == "# <script>\n"
    assert declared.kind.name == "markdown"


@pytest.mark.parametrize(
    "value", ["ada@example.org", "a.b+c@x-y.example", "o'neil@example.org", "root@localhost"]
)
def test_an_email_address_is_what_browsers_take(value):
    assert Field("email", Email, field()).check(f" {value} ") == value


@pytest.mark.parametrize(
    "value",
    [
        "ada",
        "ada@",
        "@example.org",
        "a b@example.org",
        "ada@-x.org",
        "ada@x..org",
        "a@b@c",
        "é@x.org",
        "a@b,c",
    ],
)
def test_other_things_are_no_email_address(value):
    sentence = refusal(Field("email", Email, field()), value)
    assert sentence == f"wanted an e-mail address such as 'ada@example.org', not {value!r}"


def test_an_empty_email_address_is_none_or_empty_as_declared():
    assert Field("email", Email | None, field(default=None)).check("") is None
    assert Field("email", Email, field(default="")).check("") == ""
    assert refusal(Field("email", Email, field()), "a" * 250 + "@x.org").startswith("wanted at most 254")


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org",
        "http://user@example.org:8080/a/b?c=d#e",
        "https://bücher.example/ü",
        "http://[::1]:8080/",
        "HTTPS://EXAMPLE.ORG/",
        "mailto:ada@example.org",
    ],
)
def test_a_web_address_is_kept_as_it_was_written(value):
    stored = Field("site", URL, field()).check(f" {value} ")
    assert stored == value
    assert type(stored) is str


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "/a/b",
        "example.org",
        "http://",
        "http:example.org",
        "https://exa mple.org/",
        "https://example.org/\\",
        'https://example.org/"',
        "https://example.org/<",
        "https://example.org:99999/",
        "http://[::1/",
        "https://%zz/",
    ],
)
def test_other_things_are_no_web_address(value):
    sentence = refusal(Field("site", URL, field()), value)
    assert sentence == f"wanted an address that begins with http:, https: or mailto:, not {value!r}"


def test_an_empty_web_address_is_none_or_empty_as_declared():
    assert Field("site", URL | None, field(default=None)).check("") is None
    assert Field("site", URL, field(default="")).check("") == ""


@pytest.mark.parametrize(
    ("annotation", "options", "message"),
    [
        (str, {"pattern": "["}, "is not a pattern"),
        (str, {"pattern": 3}, "is not a pattern"),
        (str, {"max_length": -1}, "max_length=-1 is not a number of characters or items"),
        (str, {"min_length": "2"}, "min_length='2' is not a number of characters or items"),
        (str, {"min_length": 3, "max_length": 2}, "leave no value"),
        (str, {"min_length": 20_000}, "leave no value"),
        (str, {"multiline": True, "pattern": "a"}, "pattern does not fit str"),
        (RichText, {"multiline": True}, "multiline does not fit"),
        (str, {"ge": 1}, "ge does not fit str, which knows choices, max_length, min_length, multiline and"),
    ],
)
def test_options_that_do_not_fit_text_are_found(annotation, options, message):
    with pytest.raises(DeclarationError, match=message.replace("[", r"\[")):
        Field("value", annotation, field(**options))


@pytest.mark.parametrize(
    ("annotation", "options", "expected"),
    [
        (str, {}, {"type": "string", "minLength": 1, "maxLength": 10_000}),
        (str, {"max_length": 0}, {"type": "string", "maxLength": 0}),
        (
            str,
            {"pattern": "a|b", "min_length": 0},
            {"type": "string", "maxLength": 10_000, "pattern": "^(?:a|b)$"},
        ),
        (Email, {}, {"type": "string", "minLength": 1, "maxLength": 254, "format": "email"}),
        (URL, {}, {"type": "string", "minLength": 1, "maxLength": 2083, "format": "uri"}),
        (
            RichText,
            {"max_length": 5},
            {"type": "string", "minLength": 1, "maxLength": 5, "contentMediaType": "text/html"},
        ),
        (
            Markdown,
            {"max_length": 5},
            {"type": "string", "minLength": 1, "maxLength": 5, "contentMediaType": "text/markdown"},
        ),
    ],
)
def test_json_schema_says_what_is_checked(annotation: Any, options, expected):
    assert Field("value", annotation, field(**options)).json_schema() == {**expected, "title": "Value"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"min_length": 1}, "a line of text of at least 1 character"),
        ({"min_length": 2}, "a line of text of at least 2 characters"),
        ({"max_length": 1}, "a line of text of at most 1 character"),
        ({"max_length": 3_000}, "a line of text of at most 3,000 characters"),
    ],
)
def test_lengths_in_words(options, words):
    assert Field("value", str, field(**options)).wanted == words


# Secrets


def unlock(context, request, code: Secret = "", length: "Annotated[Secret, field(max_length=3)]" = ""):
    """A view with secrets."""


@pytest.mark.parametrize(
    "sent", ["a\nb", "x" * 20_000, "nul\0nul", ["one", "two"], 5, {"hunter2": 1}, "hunter2\x7f", "hun\ud800"]
)
@pytest.mark.parametrize("name", ["code", "length"])
@pytest.mark.parametrize("way", ["from_text", "from_json", "check"])
def test_no_message_repeats_a_secret(sent, name, way):
    with pytest.raises(Invalid) as raised:
        getattr(parameters_of(unlock)[name], way)(sent)
    most = {"code": "10,000", "length": "3"}[name]
    assert raised.value.errors == {name: f"wanted a line of text of 0 to {most} characters"}


def test_a_secret_keeps_the_space_around_it():
    assert parameters_of(unlock)["code"].from_text(" a b ") == " a b "


def test_a_secret_is_no_field_of_what_is_stored():
    class Safe:
        code: Secret = ""

    with pytest.raises(DeclarationError, match="arguments of views"):
        schema_of(Safe)


def test_a_secret_is_write_only_in_json_schema():
    assert parameters_of(unlock)["code"].json_schema()["writeOnly"] is True
