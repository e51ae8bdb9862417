"""The hand of an editor at a browser: what it does is counted, and what that costs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOADS = frozenset({"Document", "XHR", "Fetch"})
PATIENCE_MILLISECONDS = 120_000


@dataclass
class Cost:
    """What a task took. clicks: of the mouse. keys: that type no content; Ctrl-K is one.

    loads: pages and fetches, without images, styles and scripts. bytes: that came over the wire.
    """

    clicks: int = 0
    keys: int = 0
    loads: int = 0
    bytes: int = 0
    seconds: float = 0.0

    @property
    def acts(self) -> int:
        """Clicks and keys."""
        return self.clicks + self.keys


class Hand:
    """Uses *page*, of Playwright; `costs` has what each task took."""

    def __init__(self, page: Any):
        self.page = page
        self.costs: dict[str, Cost] = {}
        self._cost = Cost()
        self._requests: set[str] = set()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self._sent)
        wire.on("Network.loadingFinished", self._came)

    def _sent(self, event: dict[str, Any]) -> None:
        if event.get("type") in LOADS and event["requestId"] not in self._requests:
            self._requests.add(event["requestId"])
            self._cost.loads += 1

    def _came(self, event: dict[str, Any]) -> None:
        self._cost.bytes += int(event["encodedDataLength"])

    @contextmanager
    def doing(self, task: str) -> Iterator["Hand"]:
        """Count what the block does as *task*; it ends when the network is at rest."""
        self._cost = cost = Cost()
        self._requests.clear()
        begun = time.perf_counter()
        yield self
        self.page.wait_for_load_state("load")
        cost.seconds = time.perf_counter() - begun
        self.page.wait_for_load_state("networkidle")
        self._cost = Cost()
        self.costs[task] = cost

    def go(self, address: str) -> None:
        """Open a bookmark."""
        self.page.goto(address)

    def find(self, target: Any) -> Any:
        """Return the locator for a selector, or *target* itself."""
        return self.page.locator(target).locator("visible=true").first if isinstance(target, str) else target

    def click(self, target: Any) -> None:
        """Click on something."""
        self.find(target).click()
        self._cost.clicks += 1

    def drag(self, thing: Any, target: Any) -> None:
        """Drag something somewhere: the button of the mouse goes down once, and up."""
        self.find(thing).drag_to(self.find(target))
        self._cost.clicks += 1

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, when the page is there; "Control+k" is one."""
        self.page.wait_for_load_state("load")
        for key in keys:
            self.page.keyboard.press(key)
            self._cost.keys += 1

    def back(self) -> None:
        """Go back, with the key of the browser for it."""
        self.page.go_back()
        self._cost.keys += 1

    def type(self, text: str) -> None:
        """Type content to where the keyboard is; that is not counted."""
        self.page.keyboard.type(text)

    def choose(self, target: Any, option: str) -> None:
        """Choose from a list: a click opens it, another one takes the option."""
        self.find(target).select_option(label=option)
        self._cost.clicks += 2

    def choose_files(self, target: Any, *files: Path) -> None:
        """Click on what opens the dialog for files, and choose some there; the dialog is not counted."""
        with self.page.expect_file_chooser() as chooser:
            self.click(target)
        chooser.value.set_files([str(each) for each in files])

    def sees(self, selector: str) -> Any:
        """Wait until *selector* is there to be seen, and return it."""
        found = self.page.locator(selector).locator("visible=true").first
        found.wait_for()
        return found
