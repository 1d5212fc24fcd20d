"""Untrusted files are read by another process; what they do to it never reaches this one."""

import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from old_workbook import xls

from ledger.reading import apart
from ledger.reading.apart import isolation, read_apart
from ledger.reading.files import read_file
from ledger.reading.handover import BrokenHandover, HandoverWriter, take_over
from ledger.reading.lockdown import lock_down
from ledger.reading.network import OWN_NAMESPACE, REFUSED_BY_HOOK, lean_environment
from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused

LIMITS = Limits(max_wall_seconds=60)
ROOT = Path(apart.__file__).parents[2]


@pytest.fixture
def written(tmp_path):
    def write(content, name="ledger.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def files(tmp_path, written):
    with xlsxwriter.Workbook(tmp_path / "ledger.xlsx") as book:
        book.add_worksheet("Open").write_row(0, 0, ["id", 1.5, "", "Müller"])
        book.add_worksheet("Paid").write_row(2, 1, [True, "x"])
    pq.write_table(pa.table({"id": ["1", None], "a": [1.5, 2.0], "l": [[1], []]}), tmp_path / "ledger.parquet")
    return [
        written('id,name\n1,"Mü\nller"\n2,x,y\n\n'),
        written("id;name\n1;MÃ¼ller\n", "plain.csv"),
        written(xls([["id", 2.0]]), "ledger.xls"),
        tmp_path / "ledger.xlsx",
        tmp_path / "ledger.parquet",
    ]


def told(file):
    return file.name, file.sha256, [
        (
            sheet.file, sheet.name, sheet.lines.tolist(), sheet.widths.tolist(), sheet.unreadable, sheet.garbled,
            [[(type(cell), cell) for cell in (column[at] for at in range(len(sheet)))] for column in sheet.columns],
        )
        for sheet in file.sheets
    ]  # fmt: skip


def refused(paths, limits=LIMITS, **how):
    """The refusal; in seconds, and with little memory of ours."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(FileRefused) as raised:
        read_apart(paths, limits, **how)
    assert time.monotonic() - begun < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    return raised.value


def test_files_read_apart_are_the_files_read_here(files):
    assert [told(file) for file in read_apart(files, LIMITS)] == [told(read_file(path)) for path in files]


def test_encoding_and_delimiter_reach_the_reader(written):
    path = written("id:name\n1:Łódź\n".encode("cp1250"))
    (file,) = read_apart([path], LIMITS, encoding="cp1250", delimiter=":")
    assert file.sheets[0].record(1).cells == ["1", "Łódź"]


def test_more_files_than_one_message_carries_are_read(written):
    paths = [written(f"id,name\n{number},x\n", f"{number}.csv") for number in range(150)]
    assert [file.sheets[0].record(1).cells[0] for file in read_apart(paths, LIMITS)] == [str(n) for n in range(150)]


def test_a_refusal_says_the_same_apart(files, written):
    bad = written(b'id,name\n1,"never closed\n', "bad.csv")
    with pytest.raises(FileRefused) as here:
        read_file(bad)
    there = refused([files[0], bad, files[1]])
    for part in ("code", "file", "sentence", "remedy", "field", "line"):
        assert getattr(there, part) == getattr(here.value, part)
    assert str(there) == str(here.value)


def test_a_missing_file_is_wrong_use_apart_too(tmp_path):
    assert refused([tmp_path / "nowhere.csv"]).exit_code == 2


def random_numbers(rows):
    random = np.random.default_rng(7)
    return "\n".join(map(str, random.integers(0, 2**60, rows).tolist()))


def test_a_reader_that_needs_too_much_memory_is_ended(files, written):
    big = written("id\n" + random_numbers(1_000_000), "big.csv")
    refusal = refused([files[0], big], Limits(max_memory_bytes=30 * 2**20))
    assert (refusal.code, refusal.file) == ("corrupt_file", "big.csv")
    assert "31,457,280 bytes of memory" in str(refusal)


def test_a_reader_that_computes_too_long_is_ended(written):
    big = written('id,"x"\n' + random_numbers(2_000_000).replace("\n", ",\n"), "big.csv")
    refusal = refused([big], Limits(max_cpu_seconds=1))
    assert (refusal.code, refusal.file) == ("corrupt_file", "big.csv")
    assert "1 seconds of computing" in str(refusal)


def test_a_reader_that_takes_too_long_is_ended(written):
    big = written('id,"x"\n' + random_numbers(2_000_000).replace("\n", ",\n"), "big.csv")
    refusal = refused([big], Limits(max_wall_seconds=0.2))
    assert (refusal.code, refusal.file) == ("corrupt_file", "big.csv")
    assert "more than 0.2 seconds" in str(refusal)


def children(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_a_reader_that_is_killed_refuses_its_file_and_no_other(files, written):
    big = written('id,"x"\n' + random_numbers(2_000_000).replace("\n", ",\n"), "big.csv")
    read_apart(files, LIMITS)
    zygote = apart._running._process.pid

    def kill():
        while not (found := children(zygote)):
            time.sleep(0.01)
        time.sleep(0.3)
        os.kill(int(found[0]), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    refusal = refused([files[0], big])
    killer.join()
    assert (refusal.code, refusal.file) == ("corrupt_file", "big.csv")
    assert "signal 9" in str(refusal)
    assert len(read_apart(files, LIMITS)) == len(files)


def test_a_zygote_that_died_is_started_again(files):
    read_apart(files, LIMITS)
    apart._running._process.kill()
    apart._running._process.wait()
    assert len(read_apart(files, LIMITS)) == len(files)


def test_many_threads_may_read_at_once(files):
    read, failed = [], []

    def run():
        try:
            read.append([told(file) for file in read_apart(files, LIMITS)])
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert all(each == read[0] for each in read)
    assert len(read) == 6


def test_a_fork_of_this_process_has_a_reader_of_its_own(files):
    read_apart(files, LIMITS)
    ours = apart._running._process.pid
    child = os.fork()
    if child == 0:
        status = 1
        try:
            read_apart(files, LIMITS)
            status = 0 if apart._running._process.pid != ours else 2
            apart._end()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(read_apart(files, LIMITS)) == len(files)
    assert apart._running._process.pid == ours


def run_elsewhere(code, folder, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"]} | environment,
    )  # fmt: skip


READS = """
import sys; from pathlib import Path
from ledger.reading.apart import read_apart; from ledger.reading.sheet import Limits
print(read_apart([Path("ledger.csv")], Limits())[0].sheets[0].record(1).cells)
import ledger.reading.apart as apart; print(apart._running._process.pid)
"""


def test_reading_works_from_any_folder_and_leaves_no_process(files, tmp_path):
    (tmp_path / "pyarrow.py").write_text("raise SystemExit('a module that lies in the folder of the files')")
    code = f"import sys; sys.path[:] = [{str(ROOT)!r}, *sys.path[1:]]" + READS
    done = run_elsewhere(code, tmp_path)
    assert done.stdout.startswith("['1', 'Mü\\nller']"), done.stderr
    assert not alive(int(done.stdout.split()[-1]))


def test_a_reader_ends_with_the_process_it_reads_for(files, tmp_path):
    done = run_elsewhere(
        READS + "import os; sys.stdout.flush(); os.kill(os.getpid(), 9)", tmp_path, PYTHONPATH=str(ROOT)
    )
    assert done.returncode == -9
    until = time.monotonic() + 5
    while alive(int(done.stdout.split()[-1])) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(int(done.stdout.split()[-1]))


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_secrets_of_ours_are_not_in_the_environment_of_a_reader():
    ours = {"PATH": "/bin", "PAYRISK_DATABASE_URL": "postgresql://u:secret@h/d", "HOME": "/root"}
    assert "secret" not in str(lean_environment("/here", ours))


def in_a_reader(what, *, before=lambda: None):
    """What a function answers in a forked process that gave up what readers give up."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.closerange(3, theirs)  # a reader is a program of its own, and has none of these open
            os.closerange(theirs + 1, 4096)
            before()
            lock_down(Limits(max_memory_bytes=2**30))
            os.write(theirs, str(what()).encode())
        except BaseException as error:
            os.write(theirs, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with open(ours, encoding="utf-8") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


def connect(port):
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_reader_opens_no_socket(port):
    assert connect(port) == "connected"
    assert in_a_reader(lambda: connect(port)) == "PermissionError"


@pytest.mark.skipif(isolation() != OWN_NAMESPACE, reason="the kernel lets nobody leave its network")
def test_a_reader_is_in_a_network_that_leads_nowhere(port):
    code = f"""
import socket, sys
from ledger.reading.network import leave_network
assert leave_network() == {OWN_NAMESPACE!r}
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
except OSError as error:
    print(error.errno)
"""
    assert run_elsewhere(code, "/", PYTHONPATH=str(ROOT)).stdout.strip() == str(errno.ENETUNREACH)


def test_a_reader_starts_no_program_and_writes_no_file(tmp_path):
    assert in_a_reader(lambda: subprocess.run(["true"], check=True)) == "PermissionError"
    assert in_a_reader(lambda: os.system("true")) == "PermissionError"
    assert in_a_reader(lambda: (tmp_path / "x").write_text("x")) == "PermissionError"
    assert in_a_reader(lambda: os.open(tmp_path / "x", os.O_CREAT | os.O_RDWR)) == "PermissionError"
    assert in_a_reader(lambda: Path(__file__).read_text()[:3]) == '"""'


def test_isolation_is_said():
    assert isolation() in (OWN_NAMESPACE, REFUSED_BY_HOOK)


def test_a_million_columns_are_refused_in_seconds(written):
    assert refused([written(b"a," * 10**6 + b"\n")]).code == "too_many_columns"
    assert refused([written(b'"a",' * 10**6 + b"\n")]).code == "too_many_columns"
    assert refused([written(b"id,name\n" + b"," * 10**6 + b"\n")]).code == "too_many_columns"


def test_a_line_without_end_is_refused_in_seconds(written):
    assert refused([written(b"id,name\n" + b"," * (40 * 2**20))]).code == "malformed_csv"


def test_nul_bytes_are_refused(written):
    assert refused([written(b"id,name\n1,\0\n" * 10**6)]).code == "binary_content"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = tmp_path / "ledger.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 300 * 2**20)
    assert refused([path]).code == "zip_bomb"
    lying = path.read_bytes().replace((300 * 2**20).to_bytes(4, "little"), (2**19).to_bytes(4, "little"))
    path.write_bytes(lying)
    assert refused([path]).code in ("corrupt_file", "zip_bomb")


def test_two_cells_far_apart_do_not_fill_our_memory(tmp_path):
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "x")
    assert refused([path], Limits(max_memory_bytes=2**30)).code in ("corrupt_file", "too_many_columns")


def test_a_parquet_file_that_unpacks_to_much_is_refused(tmp_path):
    path = tmp_path / "ledger.parquet"
    pq.write_table(pa.table({"id": pa.array(["x" * 1000] * 200_000)}), path, use_dictionary=False, compression="zstd")
    assert refused([path], Limits(max_uncompressed_bytes=10 * 2**20)).code == "too_large"
    assert refused([path], Limits(max_memory_bytes=60 * 2**20)).code == "corrupt_file"


def handed_over(file):
    handle = os.memfd_create("test") if hasattr(os, "memfd_create") else os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
    writer = HandoverWriter(handle)
    writer.begin(0)
    writer.add(file)
    writer.finish()
    with open(handle, "rb") as stored:
        stored.seek(0)
        return stored.read()


def test_what_a_reader_hands_over_is_believed_only_when_all_of_it_fits(files):
    """A reader that the file took over may write what it likes: each byte of the buffers is tried, none breaks us."""
    file = read_file(files[0])
    handed = handed_over(file)
    assert told(take_over(memoryview(handed), [file.name], LIMITS)[0]) == told(file)
    random = np.random.default_rng(5)
    believed = 0
    for at in range(8, len(handed)):
        changed = bytearray(handed)
        changed[at] ^= int(random.integers(1, 256))
        try:
            (again,) = take_over(memoryview(bytes(changed)), [file.name], LIMITS)
        except (BrokenHandover, FileRefused):
            continue
        told(again)
        believed += 1
    assert 0 < believed < len(handed) - 8


def test_a_summary_of_endless_depth_is_not_believed():
    summary = b"[" * 10**6
    head = bytes(8) + (64).to_bytes(8, "little") + len(summary).to_bytes(8, "little")
    with pytest.raises(BrokenHandover):
        take_over(memoryview(head.ljust(64, b"\0") + summary), ["ledger.csv"], LIMITS)


def test_a_handover_cut_off_is_not_believed(files):
    handed = handed_over(read_file(files[0]))
    for size in range(len(handed)):
        with pytest.raises(BrokenHandover):
            take_over(memoryview(handed[:size]), ["ledger.csv"], LIMITS)
