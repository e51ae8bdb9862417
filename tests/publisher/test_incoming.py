"""What came in, before anything is looked up."""

import sys
import threading

from objpub.publisher.incoming import request_ids


def test_ids_are_different_in_every_thread_and_process():
    ids, taken = request_ids(), []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=lambda: taken.extend(next(ids) for _ in range(5_000))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(set(taken)) == len(taken) == 40_000
    assert next(request_ids()).split("-")[0] != taken[0].split("-")[0]
