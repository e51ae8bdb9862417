"""Ways to use the management interface: by mouse, without scripts, by keyboard; and who looks at the site.

A story of `test_ways_*` is told once, to an `Editor`, and each way does its steps as people do them. Where a
way goes elsewhere (the mouse drags, a page without scripts has buttons, the keyboard has arrows), it has a
method of its own; everything else is `press`, `open`, `write`, `tick` and `choose`.
"""

import base64
import re

from PIL import Image as Picture

from objpub import testing

# What a browser makes of files that are dropped: an event with the files in it.
DROP = """(files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
    }
    const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
    const target = document.querySelector("h1");
    for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, options));
}"""
UNREAD = ".note:not([data-read])"


class Visitor:
    """Somebody who is not signed in, and looks at the public site in a browser of his own."""

    def __init__(self, live):
        self.page = watched(live, live.as_(None))

    def sees(self, path, title, *texts):
        """Look at *path*: it answers, is called *title*, and says *texts*."""
        answer = self.page.goto(path)
        assert answer.status == 200, path
        assert self.page.title() == title
        assert self.page.locator("h1").inner_text() == title
        said = self.page.inner_text("main")
        for text in texts:
            assert text in said, (text, said)

    def finds_nothing_at(self, *paths):
        """Look at *paths*, one by one: there is nothing."""
        for path in paths:
            assert self.page.goto(path).status == 404, path

    def is_led_on(self, path, to):
        """Look at *path*: it is an old address, and leads to *to*."""
        assert self.page.goto(path).status == 200, path
        assert self.page.url.endswith(to), self.page.url

    def list_at(self, path):
        """Return what the public page of a folder leads to, in its order."""
        assert self.page.goto(path).status == 200, path
        return self.page.locator("ul.children a").all_inner_texts()

    def navigation(self):
        """Return what the page that is open leads to in its head."""
        return self.page.locator("header nav a").all_inner_texts()

    def sees_picture(self, alt):
        """The page that is open has a picture with this alternative text, and it is there to be seen."""
        picture = self.page.get_by_role("img", name=alt, exact=True)
        picture.scroll_into_view_if_needed()
        picture.evaluate("each => each.decode()")
        assert picture.evaluate("each => each.complete && each.naturalWidth") > 0

    def gets_image(self, path):
        """Return the bytes of the image at *path*."""
        answer = self.page.request.get(path)
        assert (answer.status, answer.headers["content-type"].partition("/")[0]) == (200, "image"), path
        return answer.body()


class Editor:
    """Somebody at a browser. name: already signed in as; None: nobody yet. page: of Playwright."""

    scripts = True

    def __init__(self, live, name=None):
        self.page = watched(live, live.as_(name, scripts=self.scripts))

    def go(self, path):
        """Type an address."""
        self.page.goto(path)

    def sign_in(self, name, password=testing.PASSWORD, to="/manage/**"):
        """Sign in through the form, and be led back *to* where one wanted to go."""
        self.write("Name", name)
        self.write("Password", password)
        self.press("Sign in")
        self.page.wait_for_url(f"**{to}")

    # What is done with one control

    def control(self, name, within="body"):
        """Return the link or button called *name*; "Story*" is one whose name begins so."""
        scope = self.page.locator(within)
        wanted = re.compile("^" + re.escape(name[:-1])) if name.endswith("*") else name
        found = [scope.get_by_role(role, name=wanted, exact=True) for role in ("link", "button")]
        return found[0].or_(found[1]).locator("visible=true").first

    def press(self, name, within="body"):
        """Press the link or button called *name*."""
        self.control(name, within).click()

    def open(self, name):
        """Open the menu called *name*."""
        by_text = self.page.locator("main summary", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
        self.page.get_by_label(name, exact=True).or_(by_text).first.click()

    def unfold(self, name):
        """Open a group of pages at the side."""
        self.page.locator("#side summary", has_text=name).click()

    def field(self, label, within="body"):
        """Return the control with this label, as the scripts of the page have made it."""
        self.page.wait_for_load_state("domcontentloaded")
        return self.page.locator(within).get_by_label(label, exact=True).locator("visible=true").first

    def write(self, label, text, within="body"):
        """Write *text* instead of what is in the field."""
        self.field(label, within).fill(text)

    def write_moment(self, label, moment, within="body"):
        """Write a day and a time: "2100-01-31T08:00"."""
        self.write(label, moment, within)

    def tick(self, label, within="body"):
        """Change a box: tick it, or untick it."""
        self.field(label, within).click()

    def choose(self, label, option, within="body"):
        """Choose from a list."""
        self.field(label, within).select_option(label=option)

    def choose_file(self, label, path):
        """Choose a file, or files, for a field."""
        self.field(label).set_input_files(path)

    def lead_to(self, *titles):
        """Choose a folder to move or copy to: from one to the next, where it is not chosen already."""
        for title in titles:
            if self.page.inner_text(".picker [aria-current] b") == title:
                continue
            self.press(f"{title}*", ".picker")
            self.page.wait_for_selector(f".picker [aria-current] b:text-is({title!r})")

    # What is read

    def told(self, text):
        """Wait for a message that was not read yet, and read it."""
        self.page.wait_for_selector(f"{UNREAD}:has-text({text!r})")
        self.page.eval_on_selector_all(".note", "notes => notes.forEach(each => each.dataset.read = 'yes')")

    def reads(self, heading):
        """Wait for a page with this heading, and for its scripts."""
        self.page.wait_for_selector(f"h1:text-is({heading!r})")
        self.page.wait_for_load_state("domcontentloaded")

    def names(self):
        """Return the titles in the list that is shown."""
        return self.page.locator(".list tbody .n a").all_inner_texts()


class ByMouse(Editor):
    """With a mouse, and everything that the scripts add."""

    def find(self, *titles):
        """Go to what is called so, from branch to branch of the tree."""
        for title in titles[:-1]:
            branch = self.page.get_by_role("treeitem", name=title, exact=True)
            if branch.get_attribute("aria-expanded") == "false":
                branch.locator(".twist").first.click()
        self.page.get_by_role("treeitem", name=titles[-1], exact=True).locator(".name").first.click()

    def write_text(self, label, text):
        """Write formatted text."""
        self.field(label).click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def write_tags(self, label, *tags):
        """Write some tags."""
        for tag in tags:
            self.field(label).fill(tag)
            self.page.keyboard.press("Enter")

    def rename(self, title):
        """Begin to rename what is called *title*: in its line."""
        self.open(f"More for {title}")
        self.press("Rename…")
        self.page.wait_for_selector(".inline")

    def put_first(self, title):
        """Put a line in front of all the others: drag it."""
        grip = self.page.get_by_label(f"Move {title}: ", exact=False)
        box = grip.bounding_box()
        goal = self.page.locator(".list tbody tr").first.bounding_box()
        self.page.mouse.move(box["x"] + 8, box["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 8, goal["y"] + 30, steps=4)
        self.page.mouse.move(box["x"] + 8, goal["y"] + 4, steps=4)
        self.page.mouse.up()

    def upload(self, *files):
        """Add files, (name, bytes) each, to the folder that is shown: pick them."""
        self.page.set_input_files("#files", chosen(files))

    def drop(self, *files):
        """Add files, (name, bytes) each, to the folder that is shown: drop them."""
        self.page.evaluate(DROP, [[name, base64.b64encode(data).decode()] for name, data in files])


class WithoutScripts(Editor):
    """With a mouse, in a browser that runs no scripts."""

    scripts = False

    def find(self, *titles):
        """Go to what is called so: a branch of the tree opens on a new page."""
        for title in titles[:-1]:
            branch = self.page.locator("#tree").get_by_label(title, exact=True)
            if branch.get_attribute("aria-expanded") == "false":
                branch.click()
        self.page.locator("#tree a.name", has_text=titles[-1]).first.click()

    def write_text(self, label, text):
        """Write formatted text, as HTML."""
        self.write(label, f"<p>{text}</p>")

    def write_tags(self, label, *tags):
        """Write some tags, one in each line."""
        self.write(label, "\n".join(tags))

    def rename(self, title):
        """Begin to rename what is called *title*: on a page of its own."""
        self.open(f"More for {title}")
        self.press("Rename…")
        self.reads(f"Rename “{title}”")

    def put_first(self, title):
        """Put a line in front of all the others: its menu has a button for that."""
        self.open(f"More for {title}")
        self.press("Top")

    def upload(self, *files):
        """Add files, (name, bytes) each, to the folder that is shown."""
        self.page.set_input_files("#files", chosen(files))
        self.press("Add", "#upload")

    drop = upload


def watched(live, page):
    """Return *page*; from now on what it needs and does not get is complained of, too."""

    def look_at(answer):
        if answer.status >= 400 and answer.request.resource_type != "document":
            live.complaints.append(f"{answer.status} {answer.url}")

    page.on("response", look_at)
    return page


def chosen(files):
    """Return *files*, (name, bytes) each, as Playwright wants them to be chosen."""
    return [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]


def png(path, colour="teal"):
    """Return *path*, with a picture there."""
    Picture.new("RGB", (64, 48), colour).save(path, "PNG")
    return path
