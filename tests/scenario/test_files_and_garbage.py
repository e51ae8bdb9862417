"""Files that are not committed die while another thread collects garbage: that must not end the process."""

import subprocess
import sys

PROGRAM = """
import gc, pathlib, sys, threading, time
from objpub.content import File, Folder, Upload
from objpub.database import open_database, put_site, site_of, transaction_for

root = pathlib.Path(sys.argv[1])
(root / "upload").write_bytes(b"x" * 10)
database = open_database("file:site.fs", root=root)
with transaction_for(database) as pair:
    site = Folder()
    put_site(pair.connection, site)
    for number in range(200):
        site.add(f"a{number:03}", Folder())
    pair.manager.commit()
gc.collect()
gc.freeze()
end = time.monotonic() + 4


def abort(thread):
    while time.monotonic() < end:
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()  # so that the tree has children that live by it alone
            for number in range(40):  # so that it grows
                upload = Upload("a", None, root / "upload", 10, scratch=database.temporary_folder)
                site_of(pair.connection).add(f"z{number:03}-{thread}", File.of(upload))


def collect():
    while time.monotonic() < end:
        gc.collect()
        time.sleep(0)


threads = [threading.Thread(target=abort, args=(number,)) for number in range(2)]
threads.append(threading.Thread(target=collect))
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(list(database.temporary_folder.iterdir())))
database.close()
"""


def test_aborted_files_do_not_crash_a_collection_in_another_thread(tmp_path):
    command = [sys.executable, "-X", "faulthandler", "-c", PROGRAM, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert (ended.returncode, ended.stdout) == (0, "0\n"), ended.stderr
