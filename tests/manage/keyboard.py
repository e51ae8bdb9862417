"""The third way to use the management interface: with the keyboard alone.

Wherever the Tab key stops it is to be seen where one is, and nothing that is done loses the place.
"""

from tests.manage.ways import chosen
from tests.manage.ways import Editor

FAR = 150  # stops of the Tab key that nobody goes through to find something

# Where the keyboard is: what it is called, whether a ring is drawn around it, and whether it is hidden.
FOCUSED = """([within]) => {
    let here = document.activeElement;
    while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
    if (!here || here === document.body || here === document.documentElement) return null;
    const texts = (each) => (each.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
        .map((id) => document.getElementById(id).textContent);
    const labels = [...(here.labels ?? [])].map((each) => each.textContent);
    const named = here.getAttribute("aria-label") ?? (texts(here)[0] ?? labels[0] ?? here.textContent);
    const near = [here, here.parentElement, ...here.children, ...(here.labels ?? [])].filter(Boolean);
    const ringed = (each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
            && !/, 0\\)$|^transparent$/.test(style.outlineColor);
    };
    const seen = (each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        const root = each.getRootNode();
        return [0.02, 0.5, 0.98].some((x) => [0.1, 0.5, 0.9].some((y) => {
            const hit = root.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
            return hit && (each.contains(hit) || each === hit);
        }));
    };
    return {
        name: named.trim().replace(/\\s+/g, " "),
        role: here.getAttribute("role") ?? here.tagName.toLowerCase(),
        inside: Boolean((here.getRootNode().host ?? here).closest(within)),
        ringed: near.some(ringed),
        seen: [here, ...here.children, ...(here.labels ?? [])].some(seen),
        markup: here.outerHTML.slice(0, 120),
    };
}"""
IN_MAIN = "([within]) => Boolean(document.querySelector(within)?.closest('main'))"


class ByKeyboard(Editor):
    """With keys, and nothing else."""

    def focused(self, within="body"):
        """Return where the keyboard is, None for nowhere: a ring is around it, and nothing is over it."""
        found = self.page.evaluate(FOCUSED, [within])
        if found is not None:
            assert found["ringed"], f"no ring around {found['markup']}"
            assert found["seen"], f"hidden: {found['markup']}"
        return found

    def keys(self, *keys):
        """Press *keys*, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, name, within="body", role=None):
        """Go on with the Tab key to what is called *name*; "Story*": whose name begins so."""
        passed = []
        for _ in range(FAR):
            found = self.focused(within)
            if found and found["inside"] and fits(found["name"], name) and role in (None, found["role"]):
                return found
            passed.append(found and found["name"])
            skips = found and found["name"] == "Skip to content" and self.page.evaluate(IN_MAIN, [within])
            self.keys("Enter" if skips else "Tab")
        raise AssertionError(f"The Tab key never reached {name!r} in {within}, only {passed}")

    def press(self, name, within="body"):
        """Go to the link or button called *name*, and press it."""
        self.reach(name, within)
        self.keys("Enter")

    def open(self, name):
        """Open the menu called *name*."""
        self.reach(name, "main", "summary")
        self.keys("Enter")

    def unfold(self, name):
        """Open a group of pages at the side."""
        self.reach(name, "#side", "summary")
        self.keys("Enter")

    def write(self, label, text, within="body"):
        """Write *text* instead of what is in the field."""
        self.reach(label, within)
        self.keys("Control+a", "Delete")
        self.page.keyboard.type(text)

    def write_moment(self, label, moment, within="body"):
        """Write a day and a time: from part to part of the field, as it stands in America."""
        self.reach(label, within)
        year, month, day, hour, minute = moment.replace("T", "-").replace(":", "-").split("-")
        half = "AM" if int(hour) < 12 else "PM"
        for part in (month, day, year):
            self.page.keyboard.type(part)
            if part is year:
                self.keys("ArrowRight")
        self.page.keyboard.type(f"{int(hour) % 12 or 12:02}{minute}{half}")
        assert self.field(label, within).input_value() == moment

    def tick(self, label, within="body"):
        """Change a box: tick it, or untick it."""
        self.reach(label, within)
        self.keys("Space")

    def choose(self, label, option, within="body"):
        """Choose from a list: by the letters that it begins with."""
        self.reach(label, within)
        self.page.keyboard.type(option)
        chosen = "document.activeElement.selectedOptions[0].textContent"
        assert self.page.evaluate(chosen) == option

    def choose_file(self, label, path):
        """Choose a file for a field: the browser asks for it."""
        self.page.on("filechooser", lambda chooser: None)  # from now on the browser leaves choosers to us
        self.reach(label)
        with self.page.expect_file_chooser() as asked:
            self.keys("Enter")
        asked.value.set_files(path)

    def told(self, text):
        """Wait for a message and read it; the place on the page is not lost over it."""
        super().told(text)
        assert self.focused() is not None, f"The place was lost with {text!r}"

    def find(self, *titles):
        """Go to what is called so: in the tree one goes on with arrows and first letters."""
        self.reach("*", "#tree", "treeitem")
        self.keys("Home")
        for number, title in enumerate(titles, 1):
            for _ in range(FAR):
                if self.focused("#tree")["name"] == title:
                    break
                self.keys(title[0].lower())
            assert self.focused("#tree")["name"] == title
            if number < len(titles):
                self.into()
        self.keys("Enter")

    def into(self):
        """Open a branch of the tree, and go to what is first in it."""
        if self.page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false":
            self.keys("ArrowRight")
        self.page.wait_for_function("() => document.activeElement.querySelector('ul > [role=treeitem]')")
        self.keys("ArrowRight")

    def write_text(self, label, text):
        """Write formatted text."""
        self.write(label, text)

    def write_tags(self, label, *tags):
        """Write some tags."""
        self.reach(label)
        for tag in tags:
            self.page.keyboard.type(tag)
            self.keys("Enter")

    def rename(self, title):
        """Begin to rename what is called *title*: in its line."""
        self.reach(title, ".list")
        self.keys("F2")
        self.page.wait_for_selector(".inline")

    def put_first(self, title):
        """Put a line in front of all the others: with arrows."""
        self.reach(f"Move {title}: *", ".list")
        self.keys(*["ArrowUp"] * self.names().index(title), "Enter")

    def upload(self, *files):
        """Add files, (name, bytes) each, to the folder that is shown."""
        self.choose_file("Add files to*", chosen(files))

    drop = upload


def fits(name, wanted):
    """Is *name* what is *wanted*? With a star at its end only the beginning counts."""
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
