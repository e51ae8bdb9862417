"""Looking at pages in a browser: what ran, what was asked of other hosts, what is there that could run."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field

from .payloads import FOREIGN

#: Each page has what payloads call, before anything on it runs. What runs in a frame is told, too.
HOOK = """
window.xss = (number) => { console.error("XSS " + number); (window.ran ??= []).push(number); };
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.xss(name);
"""

#: Everything on a page that runs, or would when somebody clicks, presses or points.
COULD_RUN = """(view) => {
    const { document, location } = view;
    const found = [];
    const say = (each, what) => found.push(`${what}: ${each.outerHTML.slice(0, 200)}`);
    const own = (address) => {
        try { return new URL(address, location.href).origin === location.origin; } catch { return false; }
    };
    const never = new Set(("iframe object embed applet frame frameset base portal fencedframe math style"
        + " animate set foreignobject handler marquee bgsound").split(" "));
    const relations = new Set(["stylesheet", "icon", "next", "canonical"]);
    const addresses = new Set(("href src action formaction data cite poster background ping longdesc codebase"
        + " manifest xlink:href to from values").split(" "));
    const schemes = new Set(["http:", "https:", "mailto:", "tel:", "ftp:"]);
    const drawn = /^(?:\\s*(?:left|top|aspect-ratio|object-position):[\\d\\s.%/]+;?)*$/;
    const picture = /^data:image\\/(png|jpeg|gif|webp|avif);/;
    const look = (each) => {
        const name = each.localName.toLowerCase();
        if (never.has(name)) say(each, "element");
        if (name === "script") {
            const data = /^application\\/json$/.test(each.type);
            const written = each.hasAttribute("src") && own(each.src) && each.src.includes("/static/");
            if (!data && !written) say(each, "script");
            if (data) { try { JSON.parse(each.textContent); } catch { say(each, "data") } }
        }
        if (name === "link" && !(own(each.href) && relations.has(each.rel))) say(each, "link");
        if (name === "meta" && each.httpEquiv) say(each, "meta");
        if (name === "form" && !own(each.getAttribute("action") ?? "") && !each.matches(".card > form"))
            say(each, "form");
        if (name === "svg" && !each.matches(".i, .vh, [hidden], .card > svg, figure > svg")) say(each, "svg");
        for (const { name, value } of each.attributes) {
            const last = name.toLowerCase();
            const styled = last === "style" && !drawn.test(value);
            if (/^on/.test(last) || styled || last === "srcdoc") say(each, last);
            if (!addresses.has(last)) continue;
            let scheme = "";
            try { scheme = new URL(value, location.href).protocol; } catch { continue; }
            if (!schemes.has(scheme) && value !== "about:invalid" && !picture.test(value)) say(each, scheme);
        }
        if (each.shadowRoot && name !== "objpub-bar") say(each, "shadow");
    };
    document.querySelectorAll("*").forEach(look);
    document.querySelectorAll("template").forEach((each) => each.content.querySelectorAll("*").forEach(look));
    if (new URL(document.baseURI).origin !== location.origin) found.push("base");
    return [...found, ...(view.ran ?? []).map((number) => `ran: ${number}`)];
}"""

PLANTED = re.compile(
    r"Failed to load resource|Unsafe attempt to load URL \S+\.vtt"
    r"|(Loading the image|Loading media from) .*violates"
)
#: What the editor's script reads and throws away; and what the browser itself writes around an image.
INLINE = re.compile(r"inline (event handler|style) violates")
MOST_FRAMES = 100  # one after the other in one page
RICH = {"image", "media"}  # what the policy for rich text allows from elsewhere; the page's policy stops it


#: The same for many addresses, some of which are sent a form, in frames of one page. A request: its method,
#: its path, and the fields of the form by name.
IN_FRAMES = """async ([look, requests]) => {
    const found = [];
    const coming = [...requests.entries()];
    const load = (frame, [method, path, fields]) => new Promise((done) => {
        frame.onload = done;
        if (method === "GET") return (frame.src = path);
        const form = document.createElement("form");
        Object.assign(form, { method: "post", enctype: "multipart/form-data", target: frame.name });
        form.setAttribute("action", path);
        for (const [name, value] of fields) {
            const input = document.createElement("textarea");
            Object.assign(input, { name, value });
            form.append(input);
        }
        document.body.append(form);
        HTMLFormElement.prototype.submit.call(form);
        form.remove();
    });
    const one = async (number) => {
        for (let next = coming.shift(); next; next = coming.shift()) {
            const frame = document.createElement("iframe");
            frame.name = `frame${next[0]}`;
            document.body.append(frame);
            await load(frame, next[1]);
            let wrong;
            try { wrong = look(frame.contentWindow); } catch (error) { wrong = [`frame: ${error}`]; }
            if (wrong.length) found.push([next[0], wrong]);
            frame.remove();
        }
    };
    await Promise.all([1, 2, 3, 4].map(one));
    return found;
}""".replace("async ([look, requests]) => {", f"async ([requests]) => {{ const look = {COULD_RUN};")


@dataclass
class Watch:
    """What a browser saw. strict: it obeys the policy of the pages (CSP). wrong: address → what was wrong."""

    context: object
    strict: bool
    wrong: dict = field(default_factory=dict)
    pages: int = 0
    at: str = ""
    files: set = field(default_factory=set)

    def say(self, text):
        """Note that something was wrong with the page that is looked at."""
        found = self.wrong.setdefault(self.at, [])
        if text not in found:
            found.append(text)

    def said(self, message):
        """Look at what a page said on its console."""
        text = message.text
        if text.startswith("XSS"):
            self.say(text)
        elif INLINE.search(text) and ("/richtext.js" in message.location["url"] or self.at in self.files):
            return
        elif message.type == "error" and not PLANTED.search(text):
            self.say(f"console: {text[:300]}")

    def asked_by(self, dialog):
        """Leave a form that is not saved; note every other dialog."""
        if dialog.type != "beforeunload":
            self.say(f"dialog: {dialog.message[:200]}")
        dialog.accept()

    def asked(self, route):
        """Let nothing go to another host, and note what would have."""
        kind = route.request.resource_type
        if self.strict or kind not in RICH:
            self.say(f"asked for a {kind}: {route.request.url[:200]}")
        route.abort()

    def look(self, page):
        """Note what is wrong with *page*."""
        self.pages += 1
        for text in page.evaluate(f"({COULD_RUN})(window)"):
            self.say(text)
        if FOREIGN in page.url.partition("?")[0]:
            self.say(f"went to {page.url}")

    def look_at_all(self, page, requests):
        """Note what is wrong with the answers to *requests*, each a method, a path, and fields of a form."""
        self.at = "frames"
        page.goto("/nothing")
        for at in range(0, len(requests), MOST_FRAMES):
            some = requests[at : at + MOST_FRAMES]
            for number, texts in page.evaluate(IN_FRAMES, [some]):
                method, path, _ = some[number]
                self.at = f"{method} {path}"
                for text in texts:
                    self.say(text)
            self.pages += len(some)
            self.at = f"frames up to {some[-1][:2]}"

    def go(self, page, address):
        """Open *address*, and look at it."""
        self.at = address
        page.goto(address)
        self.look(page)

    def open(self, page, address):
        """Open a file, for which the browser makes a page of its own."""
        self.at = address
        self.files.add(address)
        page.goto(address)
        self.pages += 1


@contextmanager
def watched(browser, site, address, strict):
    """Give a function that signs somebody in and returns a page, and the `Watch` over all pages."""
    context = browser.new_context(
        base_url=address, bypass_csp=not strict, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(60_000)
    context.add_init_script(HOOK)
    watch = Watch(context, strict)
    context.route(lambda url: not url.startswith((address, "data:", "blob:", "about:")), watch.asked)
    context.on("console", watch.said)
    context.on("page", lambda page: page.on("dialog", watch.asked_by))
    context.on("weberror", lambda error: watch.say(f"error: {str(error.error)[:300]}"))

    def sign_in(name):
        context.clear_cookies()
        if name is not None:
            client = site.browser().login(name)
            cookies = [
                {"name": each, "value": client.cookies[each], "url": address} for each in client.cookies
            ]
            context.add_cookies(cookies)
        return context.pages[0] if context.pages else context.new_page()

    try:
        yield sign_in, watch
    finally:
        context.close()
