"""Several processes that answer for one site: started, watched, ended, and replaced one after the other.

The first process listens and answers nothing. Each worker is forked from it, takes connections from the same
socket and opens the database for itself. It ends when the first process does, however that ends. A fork has
all code imported already, so a worker that was killed is replaced at once; after a reload the code of the
first process is old, and workers are started from the command line instead.
"""

import errno
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

READY = b"r"
#: A worker that is told to end finishes its requests, and is killed after so many seconds.
END_SECONDS = 25.0
#: One that ended sooner than this after its start, before it answered, is started again later and later,
SHORT_SECONDS = 5.0
#: but at least so often.
LONGEST_PAUSE_SECONDS = 30.0
LOOK_SECONDS = 0.2
FORKED_SECONDS = 0.02  # between two looks at a fork whose end is waited for
#: So many connections may wait until somebody takes them.
WAITING_CONNECTIONS = 1_024


class Forked:
    """A process that was forked from this one, with what `subprocess.Popen` has of it. pid: its id."""

    def __init__(self, pid: int):
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, a signal as a negative number; None while it runs."""
        if self._status is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if found else None
        return self._status

    def wait(self, timeout: float) -> None:
        """Wait for its end. Raises subprocess.TimeoutExpired after *timeout* seconds."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() >= until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(FORKED_SECONDS)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


class Worker:
    """A process that answers.

    process: itself. lifeline: it ends when this is closed, and says here that it answers. begun: when it was
    started. answers: did it say so?
    """

    def __init__(self, lifeline: socket.socket, process: Any):
        """lifeline: this end of it. process: a `Forked` or a `subprocess.Popen`."""
        self.lifeline = lifeline
        self.process = process
        self.begun = time.monotonic()
        self.answers = False

    def look(self) -> None:
        """Learn whether it answers by now."""
        if not self.answers and select.select([self.lifeline], [], [], 0)[0]:
            self.answers = self.lifeline.recv(1) == READY

    def end(self) -> None:
        """Tell it to finish what runs, and to end."""
        self.lifeline.close()

    def wait(self, until: float) -> None:
        """Wait for its end, and kill it when the moment *until* has come."""
        try:
            self.process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Workers:
    """Keeps *count* workers running. say: called with a line for people."""

    def __init__(
        self,
        command: Sequence[str],
        listener: socket.socket,
        count: int,
        say: Callable[[str], Any] = click.echo,
    ):
        """command: starts a worker that takes connections from *listener*, where a fork will not do."""
        self._command = command
        self._listener = listener
        self._count = count
        self._say = say
        self._workers: list[Worker] = []
        self._old: list[Worker] = []  # that end
        self._stopped = False
        self._reload = False
        self._is_new = True  # is what this process has imported what a worker is to run?
        self._process = os.getpid()
        self._pause = 0.0
        self._next = 0.0

    def run(self) -> socket.socket | None:
        """Keep them running until SIGTERM or SIGINT; SIGHUP replaces them by new ones, without a gap.

        Returns twice: None in the first process, at the end; in each worker that was forked its lifeline.
        """
        signal.signal(signal.SIGTERM, lambda number, frame: self.stop())
        signal.signal(signal.SIGINT, lambda number, frame: self.stop())
        signal.signal(signal.SIGHUP, lambda number, frame: self.reload())
        gc.collect()
        gc.freeze()  # what the workers share is not touched
        try:
            while not self._stopped:
                lifeline = self._turn()
                if lifeline is not None:
                    return lifeline
                time.sleep(LOOK_SECONDS)
        finally:
            if os.getpid() == self._process:
                self._end_all()
        return None

    def stop(self) -> None:
        """Let `run` come to its end."""
        self._stopped = True

    def reload(self) -> None:
        """Replace every worker: the old ones end when as many new ones answer."""
        self._reload = True

    def _turn(self) -> socket.socket | None:
        """Look after all of them. Returns the lifeline in a worker that was forked, else None."""
        for worker in list(self._workers):
            worker.look()
            status = worker.process.poll()
            if status is not None:
                self._mourn(worker, status)
        self._old = [worker for worker in self._old if worker.process.poll() is None]
        if self._reload:
            self._reload = False
            self._replace()
        while len(self._workers) < self._count and time.monotonic() >= self._next:
            lifeline = self._start()
            if lifeline is not None:
                return lifeline
        return None

    def _start(self) -> socket.socket | None:
        """Start one more: by a fork where nothing else runs in this process that it would cut in half."""
        if not self._is_new or threading.active_count() > 1:
            self._workers.append(self._spawned())
            return None
        mine, other = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        number = os.fork()
        if not number:
            mine.close()
            for worker in (*self._workers, *self._old):
                worker.lifeline.close()  # the first process has to be the only one who holds them
            return other
        other.close()
        self._workers.append(Worker(mine, Forked(number)))
        return None

    def _spawned(self) -> Worker:
        """Return a worker that was started from the command line, with code and settings as they are now."""
        mine, other = socket.socketpair()
        numbers = (self._listener.fileno(), other.fileno())
        words = [*self._command, "--worker", f"{numbers[0]},{numbers[1]}"]
        process = subprocess.Popen(words, pass_fds=numbers, stdin=subprocess.DEVNULL)
        other.close()
        return Worker(mine, process)

    def _mourn(self, worker: Worker, status: int) -> None:
        """Forget a worker that ended by itself, and see to it that another one is started."""
        self._workers.remove(worker)
        worker.end()
        if not worker.answers and time.monotonic() - worker.begun < SHORT_SECONDS:
            self._pause = min(max(self._pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
        else:
            self._pause = 0.0
        self._next = time.monotonic() + self._pause
        self._say(f"Process {worker.process.pid} ended with {status}; another one is started")

    def _replace(self) -> None:
        """Start as many workers as there should be, and end the old ones when all of the new ones answer."""
        new = [self._spawned() for _ in range(self._count)]
        while not all(worker.answers for worker in new):
            if self._stopped or any(worker.process.poll() is not None for worker in new):
                for worker in new:
                    worker.end()
                self._old += new
                self._say("The new processes do not answer; the old ones go on")
                return
            time.sleep(LOOK_SECONDS)
            for worker in new:
                worker.look()
        for worker in self._workers:
            worker.end()
        self._old += self._workers
        self._workers = new
        self._is_new = False
        self._say(f"{self._count} new processes answer")

    def _end_all(self) -> None:
        until = time.monotonic() + END_SECONDS
        for worker in self._workers:
            worker.end()
        for worker in (*self._workers, *self._old):
            worker.wait(until)


def command_line(words: Sequence[str]) -> list[str]:
    """Return the command that starts a worker: `objpub serve` by this Python, with *words*."""
    return [sys.executable, "-m", "objpub.command", "serve", *words]


def inherited(numbers: str) -> tuple[socket.socket, socket.socket]:
    """Return the socket that listens and the lifeline, of what the first process passed on."""
    listener, lifeline = (socket.socket(fileno=int(number)) for number in numbers.split(","))
    return listener, lifeline


def live_by(lifeline: socket.socket, server: Any) -> None:
    """Say that *server* answers, and stop it when the first process closes the lifeline, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process tells what to do
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lifeline.send(READY)

    def wait() -> None:
        with suppress(OSError):  # it died before it read what was said
            lifeline.recv(1)
        server.stop()

    threading.Thread(target=wait, daemon=True).start()


def bound_listener(host: str, port: int, path: str) -> socket.socket:
    """Return a socket that listens at the Unix socket *path*, or without one at *host* and *port*.

    Raises OSError if nobody can listen there.
    """
    if path:
        listener = socket.socket(socket.AF_UNIX)
        address: Any = path
    else:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if path:
            remove_left(path)
        listener.bind(address)
        if path:
            os.chmod(path, 0o660)
        listener.listen(WAITING_CONNECTIONS)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def remove_left(path: str) -> None:
    """Remove the Unix socket *path* that a killed process left. Raises OSError if somebody answers there."""
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(path)
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            os.unlink(path)
            return
    raise FileExistsError(errno.EEXIST, "somebody answers there")
