"""A lock per folder: claims proved here.

- Two processes with one fingerprint do the work once, and both have the whole run.
- A lock of a process that is no more, or of another machine and untouched, is taken over; a living one is waited for.
- Who lost a lock is told before it writes; nothing of a lock stays in the folder.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from smwm_lab import locks
from smwm_lab.errors import InputError
from smwm_lab.files import write_bytes
from smwm_lab.locks import LOCK, folder_lock
from smwm_lab.training import fit, load_run, preset_config


_FIT = """
import sys, time
from smwm_lab.training import fit, preset_config
steps = []
def slow(loop, snapshot):
    steps.append(snapshot.step)
    print("begun", flush=True)
    time.sleep(0.2)
fit(preset_config("single_dot", "smoke"), out=sys.argv[1], callback=slow, num_snapshots=16, checkpoint_seconds=0.0)
print("steps", len(steps), flush=True)
"""


def start(folder) -> subprocess.Popen:
    command = [sys.executable, "-c", _FIT, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_with_one_fingerprint_do_the_work_once(tmp_path):
    pair = [start(tmp_path / "run") for _ in range(2)]
    told = [child.communicate(timeout=300) for child in pair]
    assert [child.returncode for child in pair] == [0, 0], told
    steps = sorted(int(out.split()[-1]) for out, _ in told)
    assert steps == [0, 17], "both trained"
    assert sum("waiting for process" in err for _, err in told) == 1
    load_run(tmp_path / "run")
    kept = {"config.json", "manifest.json", "metrics.csv", "weights.safetensors"}
    assert {entry.name for entry in (tmp_path / "run").iterdir()} == kept


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path):
    child = start(tmp_path / "run")
    child.stdout.readline()
    assert (tmp_path / "run" / LOCK).is_file()
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    began = time.monotonic()
    run = fit(preset_config("single_dot", "smoke"), out=tmp_path / "run")
    assert time.monotonic() - began < locks.STALE_SECONDS / 2
    assert run.manifest["transitions"] == run.config.budget and not (tmp_path / "run" / LOCK).exists()


def test_a_living_lock_is_waited_for_and_its_holder_is_named(tmp_path):
    lines, order = [], []

    def wait() -> None:
        with folder_lock(tmp_path, waiting=lines.append):
            order.append("second")

    with folder_lock(tmp_path):
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.5)
        order.append("first")
    other.join()
    assert order == ["first", "second"] and lines == [f"waiting for process {os.getpid()} on {socket.gethostname()}"]
    assert list(tmp_path.iterdir()) == []


THEIRS = {"pid": 1, "host": "elsewhere", "started": 0, "token": ""}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 100_000,
        json.dumps(THEIRS),
        json.dumps({**THEIRS, "host": socket.gethostname(), "pid": -1}),
        json.dumps({**THEIRS, "host": socket.gethostname(), "pid": 10**20}),
        json.dumps({**THEIRS, "host": socket.gethostname(), "pid": os.getpid(), "started": "long ago"}),
    ],
    ids=range(7),
)
def test_an_untouched_lock_of_another_machine_or_of_nobody_is_taken_over(tmp_path, monkeypatch, content):
    monkeypatch.setattr(locks, "STALE_SECONDS", 1.0)
    (tmp_path / LOCK).write_text(content)
    began = time.monotonic()
    with folder_lock(tmp_path):
        assert time.monotonic() - began >= 1.0


def test_a_lock_of_another_machine_that_is_touched_is_not_taken_over(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "STALE_SECONDS", 1.0)
    monkeypatch.setattr(locks, "HEARTBEAT_SECONDS", 0.2)
    with folder_lock(tmp_path) as held:
        monkeypatch.setattr(locks.Holder, "is_gone", lambda holder: False)
        got = threading.Event()

        def wait() -> None:
            with folder_lock(tmp_path):
                got.set()

        other = threading.Thread(target=wait)
        other.start()
        assert not got.wait(2.5), "a lock with a heartbeat was taken over"
        held.require_held()
    other.join()
    assert got.is_set()


def test_who_lost_its_lock_is_told_and_leaves_the_new_one_alone(tmp_path):
    with folder_lock(tmp_path) as lock:
        taken = json.dumps({"pid": 1, "host": "elsewhere", "started": 0, "token": "theirs"})
        (tmp_path / LOCK).write_text(taken)
        with pytest.raises(InputError, match="was taken over by another process"):
            lock.require_held()
    assert (tmp_path / LOCK).read_text() == taken


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match="cannot write .*; choose another folder"),
        folder_lock(tmp_path / "file" / "x"),
    ):
        pass


def test_two_runs_into_one_folder_go_one_after_the_other(tmp_path, monkeypatch):
    from smwm_lab.runner import run as runner
    from smwm_lab.runner.records import FileRecord, Record
    from smwm_lab.runner.run_folder import RunFolder

    entry = {"title": "t", "source": __file__, "seconds": 1.0, "error": None, "figures": {}, "parameters": {}}
    entry |= {"notebook": FileRecord.of(b""), "page": FileRecord.of(b"")}
    seen, lines = [], []

    class Stopped(Exception):
        pass

    def look(run, **_):
        seen.append(set(run.folder.records))
        raise Stopped

    def wait() -> None:
        with pytest.raises(Stopped):
            runner.run_notebooks(["00"], out=tmp_path / "run", parameters={}, echo=lines.append)

    monkeypatch.setattr(runner._Run, "to_the_end", look)
    other = threading.Thread(target=wait)
    with folder_lock(tmp_path / "run"):
        other.start()
        while not lines:
            time.sleep(0.05)
        folder = RunFolder(root=tmp_path / "run", figures=None)
        for file in (folder.notebook("01_worlds"), folder.html("01_worlds")):
            write_bytes(file, b"")
        folder.remember("01_worlds", Record(**entry, inputs_digest="f"))
    other.join()
    assert seen == [{"01_worlds"}] and "waiting for process" in lines[0], "it read the entries before it was its turn"
