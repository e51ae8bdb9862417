"""What sends the requests, in a process that has nothing but one framework.

python -m bench.others.sending MODULE FOLDER REQUESTS SIZE…            prints seconds and what was answered
python -m bench.others.sending --count MODULE FOLDER REQUESTS SIZE…    what runs under valgrind
"""

import importlib
import json
import sys
import time
from pathlib import Path

from bench.cases import Asking
from bench.cases import CASES
from bench.cases import Size
from bench.counting import count

ROUNDS = 31


def main(module, folder, requests, *size, counting=False):
    """Open the site of *module* in *folder*, and send the requests of each case."""
    size = Size(*map(int, size))
    application = importlib.import_module(module).open_site(Path(folder), size)
    cases = [Asking(application, case, size) for case in CASES]
    bodies = [each.check().decode() for each in cases]
    if counting:
        for each in cases:
            count(each, int(requests))
    else:
        print(json.dumps({"bodies": bodies, "seconds": [seconds(each, int(requests)) for each in cases]}))


def seconds(asking, requests):
    """Return the least seconds per request of several rounds: other programs only make a round longer."""
    asking.run(requests)
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        asking.run(requests)
        found.append((time.perf_counter() - begun) / requests)
    return min(found)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--count"]
    main(*words, counting="--count" in sys.argv)
