"""Mapped files: what was looked at is given back, and is there again for whoever looks again."""

import sys
import threading
import time
from collections import deque
from pathlib import Path

import numpy as np
import pytest

from ledger.mapped import EVERY_SECONDS, laid_aside, let_go, letting_go, mapped

FILE_BYTES = 32 << 20


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "numbers"
    path.write_bytes(np.arange(FILE_BYTES // 8).tobytes())
    return path


def held_mapped():
    """Bytes of files that this process has looked at and holds; those of a file in memory are counted apart."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return sum(int(told[name].split()[0]) * 1024 for name in ("RssFile", "RssShmem"))


def test_what_was_let_go_is_read_again(file):
    numbers = np.frombuffer(mapped(file), dtype=np.int64)
    before = int(numbers.sum())

    let_go()

    assert int(numbers.sum()) == before == sum(range(FILE_BYTES // 8))


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is looked at as Linux tells it")


@on_linux
def test_what_was_looked_at_of_a_mapped_file_is_given_back(file):
    numbers = np.frombuffer(mapped(file), dtype=np.int64)
    numbers.sum()
    looked_at = held_mapped()

    let_go()

    assert looked_at - held_mapped() >= FILE_BYTES * 9 // 10


@on_linux
def test_while_letting_go_nobody_has_to_ask_for_it(file):
    numbers, before = np.frombuffer(mapped(file), dtype=np.int64), held_mapped()

    with letting_go():
        numbers.sum()
        until = time.monotonic() + 100 * EVERY_SECONDS
        while held_mapped() - before > FILE_BYTES // 10:
            assert time.monotonic() < until
            time.sleep(EVERY_SECONDS)

    assert int(numbers.sum()) == sum(range(FILE_BYTES // 8))


def test_files_may_be_mapped_and_forgotten_while_another_thread_lets_go(monkeypatch):
    """Of a thread that lets go and fails nobody would hear, and memory would grow."""
    switched, failed, done = sys.getswitchinterval(), [], threading.Event()
    monkeypatch.setattr("threading.excepthook", failed.append)

    def again():
        while not done.is_set():
            let_go()

    thread = threading.Thread(target=again)
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        held = deque(maxlen=300)
        for at in range(3_000):
            held.append(laid_aside(np.arange(at, at + 3)))
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(switched)

    assert not failed


@pytest.mark.parametrize("shape", [(3, 5), (0, 5)])
def test_what_is_laid_aside_is_read_as_it_was_and_in_its_order(shape):
    numbers = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)

    for told in (numbers, np.asfortranarray(numbers)):
        aside = laid_aside(told)
        let_go()

        assert aside.dtype == numbers.dtype
        assert np.array_equal(aside, numbers)


@on_linux
def test_what_was_laid_aside_is_given_back():
    aside, before = laid_aside(np.arange(FILE_BYTES // 8)), held_mapped()
    aside.sum()
    looked_at = held_mapped()

    let_go()

    assert looked_at - before >= FILE_BYTES * 9 // 10
    assert held_mapped() - before <= FILE_BYTES // 10


def test_where_the_disk_takes_no_more_numbers_stay_in_memory(monkeypatch):
    def full() -> None:
        raise OSError("no room")

    monkeypatch.setattr("ledger.mapped.tempfile.TemporaryFile", full)
    numbers = np.arange(5)

    assert laid_aside(numbers) is numbers
