"""What something costs, counted in calls: the same on every machine, however busy it is."""

import sys
from collections import Counter


def calls_of(function, *arguments):
    """Call *function*, and return how often which function was called in it, by name, those in C too.

    An error that it raises is none: what is refused costs something as well.
    """
    calls = Counter()

    def profile(frame, event, argument):
        if event == "call":
            calls[frame.f_code.co_name] += 1
        elif event == "c_call":
            calls[argument.__name__] += 1

    sys.setprofile(profile)
    try:
        function(*arguments)
    except ValueError:
        pass
    finally:
        sys.setprofile(None)
    return calls


def growth(function, small, large):
    """Return how many times as many calls *function* takes for *large* as for *small*."""
    function(small)  # what is done once only
    return calls_of(function, large).total() / calls_of(function, small).total()
