"""Claims about what ends a recording before its end: exceptions, kill -9, a full disk, another writer of the same file.

The episodes that were whole stay, in a file that can be read; the same call goes on and gives the file it would have
given.
"""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from recordings_made import Lamp, arrays, same, small

from smwm_lab.data.recordings import collect, open_recording, write_recording
from smwm_lab.data.recordings.formats.hdf5_writer import Episode, RecordingWriter
from smwm_lab.data.recordings.rows import ArrayRows
from smwm_lab.errors import InputError


HERE = os.path.dirname(__file__)
SLOW = """
import sys, time
sys.path.insert(0, {here!r})
from recordings_made import Lamp
from smwm_lab.data.recordings import collect

def slowly(episode, step, frame):
    if step == 0 and episode >= {pause_at}:
        print(episode, flush=True)
        time.sleep({seconds})
    return frame

def lamp():
    return Lamp(spoil=slowly)

collect(lamp, {out!r}, episodes=8, side=8, progress=False)
"""


def lamp():
    return Lamp()


def start(out, *, pause_at=3, seconds=60):
    code = SLOW.format(here=HERE, out=str(out), pause_at=pause_at, seconds=seconds)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def whole(tmp_path):
    """The recording that nothing interrupts."""
    return open_recording(collect(lamp, tmp_path / "whole.h5", episodes=8, side=8, progress=False))


def test_a_recording_that_was_killed_goes_on_to_the_file_it_would_have_been(tmp_path, whole):
    out = tmp_path / "a.h5"
    process = start(out)
    assert process.stdout.readline().strip() == "3"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not out.exists() and (tmp_path / "a.h5.part").exists()
    collect(lamp, out, episodes=8, side=8, progress=False)
    assert same(open_recording(out), whole) and open_recording(out).made == whole.made
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.h5", "whole.h5"]


def test_a_killed_recording_with_other_settings_is_not_mixed_in(tmp_path):
    process = start(tmp_path / "a.h5")
    process.stdout.readline()
    process.kill()
    process.communicate()
    with pytest.raises(InputError, match="exists and was made with other settings..seed 0.*delete it, or name another"):
        collect(lamp, tmp_path / "a.h5", episodes=8, side=8, seed=1, progress=False)
    assert (tmp_path / "a.h5.part").exists()


def test_a_second_writer_of_the_same_file_is_refused_and_the_first_ends_whole(tmp_path, whole):
    out = tmp_path / "a.h5"
    process = start(out, pause_at=7, seconds=6)
    process.stdout.readline()
    with pytest.raises(InputError, match=f"is being written by process {process.pid} .*name another file"):
        collect(lamp, out, episodes=8, side=8, progress=False)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 0, errors
    assert same(open_recording(out), whole)


def test_an_exception_leaves_the_whole_episodes_and_the_same_call_goes_on(tmp_path, whole):
    out, broken = tmp_path / "a.h5", [True]

    def fail(episode, step, frame):
        if broken[0] and episode == 3 and step == 2:
            raise RuntimeError("the lamp broke")
        return frame

    def lamp():
        return Lamp(spoil=fail)

    with pytest.raises(
        InputError, match=r"episode 3, step 1: .*\(RuntimeError: the lamp broke\); the episodes before are kept"
    ):
        collect(lamp, out, episodes=8, side=8, progress=False)
    assert len(open_recording(out).episodes) == 3
    broken[0] = False
    collect(lamp, out, episodes=8, side=8, progress=False)
    assert same(open_recording(out), whole)
    with pytest.raises(InputError, match="exists and holds 8 episodes"):
        collect(lamp, out, episodes=8, side=8, progress=False)


def test_a_conversion_that_fails_leaves_nothing(tmp_path):
    class Failing(ArrayRows):
        def read_span(self, start, stop):
            if start:
                raise OSError("the disk was pulled out")
            return super().read_span(start, stop)

    recording = replace(small(), observations=Failing(arrays()["observations"]))
    with pytest.raises(OSError, match="pulled out"):
        write_recording(recording, tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == []


FULL = """
import resource, signal, sys
sys.path.insert(0, {here!r})
from recordings_made import Lamp
import numpy as np
from smwm_lab.data.recordings import collect, open_recording
from smwm_lab.errors import InputError

def noise(episode, step, frame):
    return np.random.default_rng(100 * episode + step).integers(0, 256, (64, 64, 3), dtype=np.uint8)

def lamp():
    return Lamp(spoil=noise)

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, most))
try:
    collect(lamp, {out!r}, episodes=12, progress=False)
except InputError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
if {again}:
    collect(lamp, {out!r}, episodes=12, progress=False)
"""


@pytest.mark.parametrize(("size", "again"), [(2_000, False), (701_234, False), (900_000, True)])
def test_a_full_disk_is_told_and_the_whole_episodes_stay(tmp_path, size, again):
    out = tmp_path / "a.h5"
    code = FULL.format(here=HERE, out=str(out), size=size, again=again)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    assert "cannot write" in line and "free the space" in line
    if not again:
        kept = len(open_recording(out).episodes) if out.exists() else 0
        assert (f"{kept} whole episodes are kept" in line) == (kept > 0)
        assert size // 90_000 - 4 <= kept <= size // 86_000, (kept, line)
        assert sorted(file.name for file in tmp_path.iterdir()) == (["a.h5"] if kept else [])
    else:
        recording = open_recording(out)
        assert len(recording.episodes) == 12
        taken_over = int(line.partition(" whole episodes")[0].rpartition(" ")[2])
        assert 0 < taken_over < 12
        frame = np.random.default_rng(100 * (11 - taken_over) + 6).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        assert np.array_equal(recording.observations.read_span(len(recording) - 1, len(recording))[0], frame)


def test_a_file_can_be_read_while_it_is_being_written(tmp_path):
    process = start(tmp_path / "a.h5", pause_at=3, seconds=20)
    process.stdout.readline()
    from smwm_lab.data.recordings.formats.hdf5_file import read_hdf5

    assert len(read_hdf5(tmp_path / "a.h5.part").episodes) == 3
    process.kill()
    process.communicate()


def episode(rows=4, *, side=6, states=("x",)) -> Episode:
    return Episode(
        np.zeros((rows, side, side, 3), np.uint8),
        np.zeros((rows - 1, 2), np.float32),
        {s: np.zeros(rows) for s in states},
    )


SPOILT = {
    "other size": (episode(side=7), r"pixels is uint8 \(7, 7, 3\), not uint8 \(6, 6, 3\)"),
    "other columns": (episode(states=("y",)), "x is missing, not float64.*y is float64"),
    "as many actions": (
        Episode(np.zeros((4, 6, 6, 3), np.uint8), np.zeros((4, 2)), {"x": np.zeros(4)}),
        "one action less",
    ),
    "short column": (Episode(np.zeros((4, 6, 6, 3), np.uint8), np.zeros((3, 2)), {"x": np.zeros(3)}), "x has 3 rows"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_an_episode_that_does_not_fit_the_first_is_refused(tmp_path, kind):
    other, message = SPOILT[kind]
    with pytest.raises(InputError, match="episode 1 of .*" + message):
        with RecordingWriter(tmp_path / "a.h5", about={}, resume=True) as writer:
            writer.add(episode())
            writer.add(other)
    assert len(open_recording(tmp_path / "a.h5").episodes) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another folder"):
        write_recording(small(), tmp_path / "file" / "a.h5")
