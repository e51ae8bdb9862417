"""Time per request, in this process: both sides in turn, so that a busy machine slows both alike."""

import gc
import statistics
import time

from bench.cases import Asking


def times(applications, case, size, rounds, requests):
    """Return (side → seconds per request, ratio of objpub to the baseline): medians over *rounds*.

    applications: side → WSGI application. The ratio is taken within each round, then its median: what slows
    the machine for a while slows both. The side that goes first changes from round to round.
    """
    asking = {side: Asking(application, case, size) for side, application in applications.items()}
    return compared(asking, "objpub", "baseline", rounds, requests)


def compared(asking, ours, theirs, rounds, requests):
    """Return (side → seconds per request, ratio of *ours* to *theirs*), see `times`.

    asking: side → what sends requests, of which two are called *ours* and *theirs*.
    """
    for each in asking.values():
        each.check()
        each.run(requests)
    spent = {side: [] for side in asking}
    gc.collect()
    for number in range(rounds):
        for side in sorted(asking, reverse=number % 2 == 1):
            begun = time.perf_counter()
            asking[side].run(requests)
            spent[side].append((time.perf_counter() - begun) / requests)
    ratios = [one / other for one, other in zip(spent[ours], spent[theirs], strict=True)]
    return {side: statistics.median(values) for side, values in spent.items()}, statistics.median(ratios)
