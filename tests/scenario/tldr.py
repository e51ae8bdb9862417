"""A large folder of short pages, imported by one command and asked for over HTTP, page by page.

python -m tests.scenario.tldr            the 38,000 pages of tldr-pages, in a folder that is removed again
python -m tests.scenario.tldr FOLDER     the site is made in FOLDER and left there

Reports what it costs, and exits with the status 1 where a page is not answered with its title.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote
from urllib.parse import unquote

from objpub.publisher import App
from objpub.settings import load_settings
from tests.crawling import Browser
from tests.importing.hugo import unpacked
from tests.parts import HAS_INTERFACE

ARCHIVE = "tldr-pages.tar.xz"
HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
NEXT = re.compile(r'<a rel="next" href="([^"]+)"')
CHILD = re.compile(r'<li><a href="([^"]+)">')
MORE = re.compile(r'href="([^"]*[?&;]page=[^"]+)"')


@dataclass(frozen=True)
class Cost:
    """What a command took. peak: the most memory, in bytes. output: what it printed."""

    seconds: float
    peak: int
    output: str


def run(folder, *words, stdin=""):
    """Run the command line in a process of its own, in *folder*; return its Cost. It must succeed."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write(stdin)
        given.seek(0)
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "objpub.command", *words],
            cwd=folder,
            stdin=given,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    assert process.returncode == 0, output
    return Cost(seconds, usage.ru_maxrss * 1024, output)


class Site:
    """A site of objpub's own types in a *folder*, with a server in a process of its own while it is asked."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.joinpath("objpub.toml").write_text("[log]\naccess = false\n")

    def last_transaction(self):
        """Return the id of the last transaction of the database."""
        app = App()
        app.include("objpub.importing")
        application = app.open(load_settings(self.folder / "objpub.toml", {}))
        try:
            return application.database.lastTransaction()
        finally:
            application.close()

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "objpub.command", "serve", "--port", "0"],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = ""
        while not (found := re.search(r"(http://[^:/]+:(\d+))/[^$]*as admin, password: (\S+)", said)):
            line = self.process.stdout.readline()
            assert line, f"the server did not start: {said}"
            said += line
        self.host, port, self.password = found.groups()
        self.browser = Browser({"http": int(port)})
        return self

    def __exit__(self, *error):
        self.browser.close()
        self.process.terminate()
        self.process.communicate(timeout=30)

    def ask(self, path):
        """Return (status, text, seconds) of a GET."""
        begun = time.monotonic()
        status, _, text = self.browser.ask(self.host + path)
        return status, text, time.monotonic() - begun

    def served(self, titles):
        """Ask for every page; return those that are not answered 200 with their title, and seconds."""
        wrong, begun = [], time.monotonic()
        for path, title in titles.items():
            status, text, _ = self.ask(path)
            heading = HEADING.search(text)
            shown = unescape(re.sub(r"<[^>]*>", "", heading[1])).strip() if heading else None
            if (status, shown) != (200, title):
                wrong.append(f"{path} is answered {status} with {shown!r}, not with {title!r}")
        return wrong, time.monotonic() - begun

    def listed(self, path, more):
        """Follow a listing to its end; return the texts of its pages, and the seconds of first and last."""
        texts, times, met = [], [], set()
        while path is not None and path not in met:
            met.add(path)
            status, text, seconds = self.ask(path)
            assert status == 200, (path, status)
            texts.append(text)
            times.append(seconds)
            links = [unescape(link) for link in more.findall(text)]
            path = links[-1] if links else None
        return texts, times[0], times[-1]


def titles_in(source, top):
    """Return the title of each page below the folder *source*, by its address below the path *top*.

    The address is that of the file, in small letters; the title its first line, "# tar", else its name.
    """
    titles = {}
    for file in sorted(source.rglob("*.md")):
        path = file.relative_to(source)
        if not any(part.startswith(".") for part in path.parts):  # "..md" is a hidden file
            names = [part.lower().replace(" ", "-") for part in path.with_suffix("").parts]
            first = file.read_text("utf-8").splitlines()[0]
            title = first.removeprefix("#").strip() if first.startswith("#") else file.stem
            titles[f"{top}/{'/'.join(quote(name, safe='!$&()*+,;=:@~') for name in names)}"] = title
    return titles


def largest(source):
    """Return the folder below *source* that has the most pages."""
    return max({file.parent for file in source.rglob("*.md")}, key=lambda each: len(list(each.glob("*.md"))))


def report(source, folder):
    """Import *source* into a new site in *folder*, ask for all of it, print what it costs.

    Returns a line for each thing that is wrong.
    """
    site = Site(folder)
    tell_cost("import", run(folder, "import", str(source), "/tldr"))
    print(f"{'database':<14}{folder.joinpath('var/site.fs').stat().st_size / 1e6:7.1f} MB")
    before = site.last_transaction()
    tell_cost("import again", run(folder, "import", str(source), "/tldr"))
    wrote = site.last_transaction() != before
    tell_cost("shell", run(folder, "shell", stdin="print(len(find('/tldr')))"))
    with site:
        big = largest(source).relative_to(source)
        problems = ask_for_all(site, titles_in(source, "/tldr"), f"/tldr/{big}".lower())
    return [*problems, *(["an import of what has not changed wrote something"] if wrote else [])]


def ask_for_all(site, titles, big):
    """Ask a running *site* for every page, and for the listings of its largest folder *big*."""
    texts, *times = site.listed(f"{big}/", NEXT)
    tell_listing("listing", texts, times)
    found = {unquote(unescape(link)) for text in texts for link in CHILD.findall(text)}
    wanted = {unquote(path) for path in titles if path.rpartition("/")[0] == big}
    problems = [f"{path} is not in the listing of {big}" for path in sorted(wanted - found)]
    site.browser.sign_in(f"{site.host}/", "admin", site.password)
    if HAS_INTERFACE:
        texts, *times = site.listed(f"/manage{big}/", MORE)
        tell_listing("manage", texts, times)
    site.browser.jar.clear()
    wrong, seconds = site.served(titles)
    rate = f"{len(titles):,} pages, {len(titles) / seconds:,.0f} each second"
    print(f"{'every page':<14}{seconds:7.1f} s   {rate}")
    return problems + wrong


def tell_cost(what, cost):
    said = cost.output.splitlines()[0]
    print(f"{what:<14}{cost.seconds:7.1f} s  {cost.peak / 1e6:7.1f} MB at most   {said}")


def tell_listing(what, texts, times):
    first, last = (f"{seconds * 1_000:.0f} ms" for seconds in times)
    print(f"{what:<14}{len(texts):5} pages, the first in {first}, the last in {last}")


def main(words):
    """Do it with the whole archive; print what was wrong, and return a status."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(words[0] if words else temporary, "site")
        folder.mkdir(parents=True)
        problems = report(unpacked(ARCHIVE, Path(temporary, "source"), ""), folder)
    print(*problems[:50], f"{len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
