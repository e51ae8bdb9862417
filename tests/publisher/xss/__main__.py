"""Nothing that people write runs in a page: all payloads, everywhere, in Chromium.

python -m tests.publisher.xss           every page, with the policy of the pages (CSP) and without, and each
                                        payload by itself. Exits with 1 if anything ran, or could have.
python -m tests.publisher.xss short     the pages that show all payloads at once
python -m tests.publisher.xss without   the second half: without the policy
"""

import sys
import time

from tests.browsing import chromium

from .payloads import PAYLOADS
from .running import filled
from .running import look_at


def main():
    """Look at all pages, and tell what was wrong."""
    whole = "short" not in sys.argv
    failed = False
    with chromium() as browser, filled(whole=whole) as (site, address):
        for strict in (False,) if "without" in sys.argv else (True, False):
            begun = time.monotonic()
            watch = look_at(browser, site, address, strict, whole)
            failed = failed or bool(watch.wrong)
            for at, texts in watch.wrong.items():
                print(at, *texts[:10], sep="\n    ")
            how = "as served" if strict else "without the policy of the pages"
            took = time.monotonic() - begun
            print(
                f"{len(PAYLOADS)} payloads, {watch.pages} pages {how}: {len(watch.wrong)} wrong, {took:.0f} s"
            )
    sys.exit(failed)


if __name__ == "__main__":
    main()
