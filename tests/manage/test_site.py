"""The site's own settings."""

import io

from PIL import Image as Picture

from objpub.content import File
from objpub.operations import copy
from objpub.security import SYSTEM

SITE = "/manage/@@site"


def drawn():
    file = io.BytesIO()
    Picture.new("RGB", (400, 200), "teal").save(file, "PNG")
    return file.getvalue()


def test_only_managers(site):
    for name in ("ines", "tomas", "nora"):
        browser = site.browser().login(name)
        assert browser.get(SITE).status == 403
        for path in ("site", "site-navigation"):
            assert browser.post(f"/manage/@@{path}", {"title": "Mine", "add": "news"}).status == 403
    with site.work() as root:
        assert root.title == ""
        assert list(root.ways) == []


def test_title_front_page_zone_and_locale_are_saved_and_shown(site):
    form = site.browser().login("admin").get(SITE).form("about")
    form.fill(
        title="Saltmarsh", description="Salt.", front_page="/news", time_zone="Europe/Rome", locale="de"
    )
    page = form.submit(follow=True)
    assert "Saved" in page.text
    assert page.form("about")["front_page"] == "/news"
    front = site.browser().get("/")
    assert "<h1>News</h1>" in front.text
    assert 'lang="de"' in front.text
    page.form("about").fill(front_page="").submit()
    assert "<h1>Saltmarsh</h1>" in site.browser().get("/").text


def test_the_logo_is_shown_and_taken_away(site):
    browser = site.browser().login("admin")
    form = browser.get(SITE).form("about")
    form["logo"] = ("logo.png", drawn(), "image/png")
    page = form.submit(follow=True)
    assert page.status == 200
    assert 'src="/logo/scale/small"' in site.browser().get("/").text
    logo = site.browser().get("/logo/scale/small")
    assert (logo.status, logo.content_type) == (200, "image/png")
    page.form("about").fill({"_remove.logo": True}).submit()
    assert "/logo/" not in site.browser().get("/").text


MISTAKES = [  # values → what is said
    ({"time_zone": "Mars/Olympus"}, "no time zone"),
    ({"time_zone": "Europe/Rom"}, "did you mean"),
    ({"locale": "not a locale!"}, "locale"),
    ({"languages": "the king's"}, "wanted a tag such as en"),
    ({"title": "x" * 300}, "200"),
    ({"front_page": "/nowhere"}, "path"),
    ({"front_page": "/"}, "page of the site"),
]


def test_what_will_not_do_is_said_where_it_is_wrong(site):
    browser = site.browser().login("admin")
    for values, said in MISTAKES:
        form = browser.get(SITE).form("about")
        before = site.last_transaction()
        sent = {name: form[name] for name in ("title", "time_zone", "locale", "front_page", "_started")}
        answer = browser.post(SITE, {**sent, **values})
        assert answer.status == 422, values
        name, value = next(iter(values.items()))
        assert f'id="field-{name}-error"' in answer.text
        assert said in answer.text
        assert answer.form("about")[name] == value
        assert site.last_transaction() == before
    form = browser.get(SITE).form("about")
    form["logo"] = ("logo.png", b"not a picture", "image/png")
    answer = form.fill(title="Kept").submit()
    assert answer.status == 422
    assert 'id="field-logo-error"' in answer.text
    assert answer.form("about")["title"] == "Kept"


def test_two_managers_change_different_settings(site):
    one, other = site.browser().login("admin"), site.browser().login("admin")
    first, second = one.get(SITE).form("about"), other.get(SITE).form("about")
    first.fill(title="Saltmarsh").submit()
    page = second.fill(locale="de").submit(follow=True)
    assert "together with what others changed" in page.text
    with site.work() as root:
        assert (root.title, root.locale) == ("Saltmarsh", "de")


def ways(site):
    page = site.browser().get("/").text.partition("</header>")[0].partition("<header")[2]
    return [name for name in sorted(("/news/", "/archive/"), key=page.find) if f'href="{name}"' in page]


def test_the_navigation_is_chosen_and_ordered(site):
    browser = site.browser().login("admin")
    page = browser.get(SITE)
    assert "Nothing is chosen" in page.text
    page = page.form("add-way").fill(add="archive").submit(follow=True)
    page = page.form("add-way").fill(add="news").submit(follow=True)
    assert "Navigation saved" in page.text
    assert ways(site) == ["/archive/", "/news/"]
    browser.post("/manage/@@site-navigation", {"up": "/news"})
    assert ways(site) == ["/news/", "/archive/"]
    browser.post("/manage/@@site-navigation", {"down": "/news"})
    assert ways(site) == ["/archive/", "/news/"]
    browser.post("/manage/@@site-navigation", {"remove": "/archive"})
    assert ways(site) == ["/news/"]


def test_a_navigation_that_will_not_do(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for values in ({"add": "nothing"}, {"add": ""}, {"up": "/nowhere"}, {}):
        answer = browser.post("/manage/@@site-navigation", values)
        assert answer.status == 409, values
        assert 'id="add-error"' in answer.text
    assert site.last_transaction() == before


def test_a_page_of_the_navigation_that_was_deleted_is_no_hindrance(site):
    browser = site.browser().login("admin")
    for name in ("archive", "news"):
        browser.post("/manage/@@site-navigation", {"add": name})
    with site.work() as root:
        root.remove("archive")
    page = browser.get(SITE)
    assert page.status == 200
    assert browser.post("/manage/@@site-navigation", {"remove": "/news"}).status == 303
    assert ways(site) == []


def test_the_languages_of_the_site_are_kept_in_their_order_and_spoken(site):
    form = site.browser().login("admin").get(SITE).form("about")
    page = form.fill(languages="de-CH\nfr").submit(follow=True)
    assert page.form("about")["languages"].split() == ["de-CH", "fr"]
    with site.work() as root:
        assert root.languages == ("de-CH", "fr")
    front = site.browser()
    assert 'lang="fr"' in front.get("/", headers={"Accept-Language": "fr-BE"}).text
    assert 'lang="de-CH"' in front.get("/", headers={"Accept-Language": "en"}).text


def test_who_letters_come_from_is_kept_and_what_is_no_address_told(site):
    browser = site.browser().login("admin")
    form = browser.get(SITE).form("about")
    wrong = form.fill(mail_from="the office", mail_name="Coast", mail_reply_to="ines@coast.example").submit()
    assert wrong.status == 422 and "the office" in wrong.text and "address" in wrong.text
    kept = wrong.form("about")
    assert (kept["mail_name"], kept["mail_reply_to"]) == ("Coast", "ines@coast.example")
    kept.fill(mail_from="office@coast.example").submit(follow=True)
    with site.work() as root:
        assert (root.mail_from, root.mail_name) == ("office@coast.example", "Coast")
        assert root.mail_reply_to == "ines@coast.example"


def test_a_site_takes_no_larger_files_than_it_says(site):
    large = ("large.txt", b"x" * 1_100_000, "text/plain")
    with site.work() as root:
        root.add("notes", File.from_bytes(b"Notes", "notes.txt", title="Notes"))
        root.add("kept", File.from_bytes(large[1], "kept.txt"))
    browser = site.browser().login("admin")
    form = browser.get(SITE).form("about")
    assert form.fill(largest_upload="0").submit().status == 422
    form.fill(largest_upload="1").submit(follow=True)
    said = "anted a file of at most 1 MB, not of 1.1"
    for path, name in (("/manage/@@upload", "files"), ("/manage/notes/@@file", "upload")):
        assert said in browser.post(path, files=[(name, large)]).text
    near = browser.post("/manage/@@upload", files=[("files", ("near.txt", b"x" * 1_000_001, "text/plain"))])
    assert "at most 1 MB, not of 1,000,001 bytes" in near.text
    with site.work() as root:
        assert "large.txt" not in root and root["notes"].size == 5
        copy(SYSTEM, root["kept"], root["news"])  # what is there stays, and may go elsewhere
    browser.get(SITE).form("about").fill(largest_upload="").submit(follow=True)
    assert browser.post("/manage/@@upload", files=[("files", large)]).status in (200, 303)
    with site.work() as root:
        assert root["large.txt"].size == len(large[1])
