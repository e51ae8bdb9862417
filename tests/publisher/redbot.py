"""Answers in the eyes of redbot, which asks several times: for parts, packed, and under conditions.

python -m tests.publisher.redbot                     installs redbot where it is gone at the end
python -m tests.publisher.redbot /opt/bin/redbot     this one

Prints whatever it warns of, and exits with the status 1 then.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from objpub import File
from objpub import Image
from tests.publisher import test_linting as answers
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.running import served

SERVERS = ("waitress", "granian")
PATHS = {
    "a page": "/box/page",
    "a long page": "/long",
    "a folder": "/box/",
    "a file": "/text",
    "a feed": "/feed",
    "nothing": "/nothing",
    "what was uploaded": "/taken",
    "an image": "/box/image",
    "JSON": "/data",
    "a static file": "/static/objpub-publisher/plain.css",
}
BAD = {"WARN", "BAD"}
#: Of a shorter file redbot asks for all as a part, and wonders that it gets all.
UPLOAD = answers.UPLOAD.replace(b"some text", b"some text\n" * 1000)


def remarks(program, address):
    """Return what redbot has to say against what is at *address*, a line each."""
    done = subprocess.run([program, "-o", "har", address], capture_output=True, text=True, check=True)
    entries = json.loads(done.stdout)["log"]["entries"]
    notes = [note for entry in entries for note in entry.get("_red_messages", ())]
    assert notes, done.stdout[:500]
    return [note["summary"] for note in notes if note["level"] in BAD]


def look(program):
    """Ask each server for everything; print what redbot warns of, and return how much that is."""
    found = 0
    for software in SERVERS:
        with model_site(answers.feed, answers.take, answers.rows, answers.long, answers.data) as site:
            fill(site)
            with site.work() as root:
                root["box"].add("image", Image.from_bytes(answers.picture(), "picture.png"))
                root.add("text", File.from_bytes(b"plain text\n" * 1000, "text.txt"))
            with served(site, software=software) as wire:
                assert wire.ask("POST", "/take", UPLOAD, **answers.MULTIPART).status == 303
                for title, path in PATHS.items():
                    said = remarks(program, wire.origin + path)
                    found += len(said)
                    print(f"{software}: {title}: {'; '.join(said) or 'nothing to warn of'}", flush=True)
    return found


def main():
    """Take the redbot that the command line names, or install one."""
    if sys.argv[1:]:
        return look(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="objpub-redbot-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        programs = Path(folder, "bin")
        subprocess.run([programs / "pip", "install", "--quiet", "redbot"], check=True)
        return look(str(programs / "redbot"))


if __name__ == "__main__":
    raise SystemExit(main() and 1)
