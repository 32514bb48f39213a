"""Claims about recordings of arrays and tables: rows and episodes fit, and what does not is told in one line.

The line names the source, the place (episode and row, or the column), what is allowed and the remedy.
"""

import pickle

import numpy as np
import pandas as pd
import pytest
from recordings_made import LENGTHS, ROWS, arrays, small

from smwm_lab.data.recordings import Episodes, Recording
from smwm_lab.data.recordings.formats.columns import WIDEST, natural_order, why_no_state
from smwm_lab.errors import InputError


def refused(what: str, call, *arguments, **named) -> None:
    with pytest.raises(InputError, match=what) as found:
        call(*arguments, **named)
    message = str(found.value)
    assert "\n" not in message and "allowed" in message, message


def test_the_last_action_of_an_episode_is_none_and_the_others_stay():
    recording, given = small(), arrays()["actions"]
    ends = np.array([4, 7, 11])
    assert np.isnan(recording.actions[ends]).all()
    others = np.setdiff1d(np.arange(ROWS), ends)
    assert np.array_equal(recording.actions[others], given[others])
    assert not np.isnan(given).any(), "the caller's array was changed"


def test_windows_and_spans_are_the_rows_they_name():
    recording, images = small(), arrays()["observations"]
    assert np.array_equal(recording.observations.read(np.array([7, 0, 7])), images[[7, 0, 7]])
    assert np.array_equal(recording.observations.read_windows(np.array([5, 1]), 2), images[[[5, 6], [1, 2]]])
    assert np.array_equal(recording.observations.read_span(3, 6), images[3:6])


def test_starts_never_cross_the_end_of_an_episode():
    episodes = Episodes(np.array(LENGTHS))
    for length in (1, 2, 3, 4):
        expected = [row for row in range(ROWS) if all(r + 1 not in (5, 8, 12) for r in range(row, row + length))]
        assert episodes.starts(length).tolist() == expected
    assert episodes.of_rows(np.array([0, 4, 5, 7, 8, 11])).tolist() == [0, 0, 1, 1, 2, 2]


def test_names_of_episodes_say_where_they_end():
    assert Episodes.of_labels(np.array(["b", "b", "a", "a", "a"])).lengths.tolist() == [2, 3]
    assert Episodes.of_labels(np.array(["b", "b", 3, 3], dtype=object)).lengths.tolist() == [2, 2]
    refused("episode b are not consecutive", Episodes.of_labels, np.array(["b", "b", "a", "a", "b", "b"]))
    refused("row 1 names no episode", Episodes.of_labels, np.array([0.0, np.nan, 0.0]))


IMAGES = arrays()["observations"]
SPOILT_IMAGES = {
    "colours first": (np.zeros((ROWS, 3, 6, 6), np.uint8), r"transpose\(0, 2, 3, 1\)"),
    "floats": (IMAGES / 255, r"images \* 255"),
    "grey": (IMAGES[..., 0], r"np.repeat\(images\[..., None\], 3, axis=3\)"),
    "grey with an axis": (IMAGES[..., :1], r"np.repeat\(images, 3, axis=3\)"),
    "RGBA": (np.zeros((ROWS, 6, 6, 4), np.uint8), r"images\[..., :3\]"),
    "whole numbers": (IMAGES.astype(np.int64), r"images.astype\(np.uint8\)"),
    "mixed sizes": ([np.zeros((4, 4, 3), np.uint8), np.zeros((5, 4, 3), np.uint8)], "2 sizes.*resize"),
    "mixed sizes as objects": (np.array([IMAGES[0], IMAGES[1, :4]], dtype=object), "2 sizes.*resize"),
    "vectors of whole numbers": (np.zeros((ROWS, 2), int), "astype"),
    "one axis": (np.zeros(ROWS), r"float64 \(12,\)"),
    "no rows": (IMAGES[:0], "have 0"),
    "masked": (np.ma.masked_greater(IMAGES, 100), "masked"),
    "text": (np.full((ROWS, 2), "a"), "hold"),
    "NaN": (np.where(np.arange(ROWS)[:, None] == 6, np.nan, np.zeros((ROWS, 2))), "episode 1, row 1 holds NaN"),
}


@pytest.mark.parametrize("kind", SPOILT_IMAGES)
def test_observations_of_another_kind_are_refused_with_the_remedy(kind):
    observations, message = SPOILT_IMAGES[kind]
    refused(message, Recording.from_arrays, observations, arrays()["actions"], lengths=LENGTHS)


def test_lengths_and_actions_that_do_not_fit_are_refused_with_the_place():
    images, actions = IMAGES, arrays()["actions"]
    refused("add up to 11 rows.*have 12", Recording.from_arrays, images, actions, lengths=[5, 6])
    refused("episode 1 has 1 rows.*drop-short", Recording.from_arrays, images, actions, lengths=[5, 1, 6])
    refused("float64", Recording.from_arrays, images, actions, lengths=[5.5, 6.5])
    refused("episode has 3 rows", Recording.from_arrays, images, actions, episode=np.array([0, 0, 1]))
    spoilt = actions.copy()
    spoilt[6, 1] = np.nan
    refused("action_1, the action of episode 1, row 1", Recording.from_arrays, images, spoilt, lengths=LENGTHS)
    refused("shape", Recording.from_arrays, images, actions[:-1], lengths=LENGTHS)
    refused("no component", Recording.from_arrays, images, actions[:, :0], lengths=LENGTHS)
    refused("2 different names", Recording.from_arrays, images, actions, lengths=LENGTHS, action_names=("a", "a"))
    refused("which are no state columns", Recording.from_arrays, images, actions, lengths=LENGTHS, units={"x": "px"})
    refused("leave out", Recording.from_arrays, images, actions, lengths=LENGTHS, states={"x": np.full(ROWS, "a")})


def table() -> pd.DataFrame:
    made = arrays()
    labels = np.repeat(["a", "b", "c"], LENGTHS)
    return pd.DataFrame({"run": labels, "x": made["x"], "n": np.arange(ROWS), "push": made["actions"][:, 0]})


COLUMNS = {"observations": ["x", "n"], "actions": ["push"], "episode": "run", "states": ["n"]}


def test_a_table_becomes_a_recording_of_vectors():
    given = table()
    recording = Recording.from_frame(given, **COLUMNS)
    assert recording.kind == "vectors" and recording.action_names == ("push",)
    assert np.allclose(recording.observations.read_span(0, ROWS), given[["x", "n"]].to_numpy(np.float32))
    assert recording.episodes.lengths.tolist() == LENGTHS
    assert recording.state_table(np.arange(ROWS))["n"].tolist() == list(range(ROWS))


def test_a_table_with_gaps_in_last_actions_and_states_is_taken():
    given = table()
    given.loc[[4, 7, 11], "push"] = np.nan
    given.loc[2, "n"] = np.nan
    recording = Recording.from_frame(given, observations=["x"], actions=["push"], episode="run", states=["n"])
    assert recording.state_spans() == {"n": (0.0, 11.0)}


def test_columns_of_a_table_that_will_not_do_are_named():
    given = table()
    refused(
        "observations: column 'run' holds .*'a' in row 0",
        Recording.from_frame,
        given,
        **COLUMNS | {"observations": ["run"]},
    )
    refused(
        "actions: column 'pull' is not in the table", Recording.from_frame, given, **COLUMNS | {"actions": ["pull"]}
    )
    refused("states: column 'run'", Recording.from_frame, given, **COLUMNS | {"states": ["run"]})
    refused("a list of one or more", Recording.from_frame, given, **COLUMNS | {"observations": "x"})
    refused("2 times", Recording.from_frame, given.rename(columns={"n": "x"}), **COLUMNS | {"states": []})
    given.loc[3, "x"] = np.nan
    refused("observations: column 'x' holds nan in row 3", Recording.from_frame, given, **COLUMNS)
    given = table()
    given.loc[9, "push"] = np.nan
    refused("push, the action of episode 2, row 1", Recording.from_frame, given, **COLUMNS)
    given = table()
    given.loc[9, "run"] = None
    refused("row 9 names no episode", Recording.from_frame, given, **COLUMNS)


def test_columns_that_hold_no_state_say_why():
    assert "text" in why_no_state((5,), np.dtype("O"), 5)
    assert "4 rows" in why_no_state((4,), np.dtype("f4"), 5)
    assert "wider" in why_no_state((5, WIDEST + 1), np.dtype("f4"), 5) and not why_no_state(
        (5, WIDEST), np.dtype("f4"), 5
    )
    assert sorted(["x_10", "x_2", "b"], key=natural_order) == ["b", "x_2", "x_10"]


def test_a_recording_can_be_sent_to_another_process():
    sent = pickle.loads(pickle.dumps(small()))
    assert np.array_equal(sent.observations.read_span(0, ROWS), arrays()["observations"])
