"""Run folders that are not what they say: claims proved here.

- Sizes in config.json are bounded, and compared with the header of the weights before a network takes memory.
- Deep JSON, huge JSON, no table and whatever else is wrong with one folder is one line, and one row of the list.
"""

import json
import shutil
import sys

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.training import TrainConfig, fit, load_run, preset_config
from smwm_lab.training.run_list import runs_on_disk
from smwm_lab.training.runs import CONFIG, MANIFEST, METRICS, WEIGHTS, file_hash
from smwm_lab.worlds import DotWorldConfig, SpriteWorldConfig


RUNS = sys.modules["smwm_lab.training.runs"]


def smoke(**changes) -> TrainConfig:
    return preset_config("single_dot", "smoke").replace(**changes)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return fit(smoke(budget=64), out=tmp_path_factory.mktemp("trained") / "run").path


@pytest.fixture
def folder(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def forge(folder, name: str, text: str) -> None:
    """Change a file of a run, and its checksum too; the manifest gets none of its own, as in older runs."""
    (folder / name).write_text(text)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["sha256"].pop(MANIFEST, None)
    manifest["sha256"][name] = file_hash(folder / name)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def forge_model(folder, **sizes: object) -> None:
    config = json.loads((folder / CONFIG).read_text())
    config["model"] |= sizes
    forge(folder, CONFIG, json.dumps(config))


@pytest.mark.parametrize(
    "sizes", [{"hidden_dim": 8192, "depth": 16}, {"channels": [8, 4096, 4096]}, {"latent_dim": 65}]
)
def test_networks_that_do_not_fit_the_weights_take_no_memory(folder, monkeypatch, sizes):
    forge_model(folder, **sizes)
    devices = []

    class Watched(WorldModel):
        def __init__(self, config):
            devices.append(torch.empty(0).device.type)
            super().__init__(config)

    monkeypatch.setattr(RUNS, "WorldModel", Watched)
    with pytest.raises(InputError, match="weights.safetensors does not fit config.json; delete the folder"):
        load_run(folder)
    assert devices == ["meta"], "memory was taken for networks that the file does not hold"


@pytest.mark.parametrize(
    "sizes",
    [
        {"channels": [32, 64, 10**9]},
        {"channels": [1] * 11},
        {"channels": [0]},
        {"hidden_dim": 10**6},
        {"latent_dim": 10**9},
        {"side": 2**20},
        {"side": 4096, "latent_dim": 4096},
    ],
)
def test_sizes_beyond_any_machine_are_one_line(folder, sizes):
    forge_model(folder, **sizes)
    with pytest.raises(InputError, match="is out of range; allowed: ") as caught:
        load_run(folder)
    assert "\n" not in str(caught.value)


def test_sizes_are_bounded_wherever_they_are_given():
    for make in (
        lambda: DotWorldConfig(side=2**20),
        lambda: SpriteWorldConfig(side=2**20),
        lambda: ModelConfig(side=0),
    ):
        with pytest.raises(InputError, match="side = .* is out of range; allowed: 1 to 4096"):
            make()


@pytest.mark.parametrize("name", [CONFIG, MANIFEST])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, " " * (1 << 21), "", "[]", '{"seed": NaN}'])
def test_whatever_json_is_there_is_one_line(folder, name, text):
    if name == CONFIG:
        forge(folder, name, text)
    else:
        (folder / name).write_text(text)
    with pytest.raises(InputError) as caught:
        load_run(folder)
    assert "\n" not in str(caught.value)


def change_manifest(folder, change) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(seconds=1.0),
        lambda manifest: manifest.update(verdict="healthy?"),
        lambda manifest: manifest["sha256"].update({"manifest.jsoo": manifest["sha256"].pop(MANIFEST)}),
        lambda manifest: manifest["sha256"].pop(METRICS),
    ],
)
def test_a_manifest_vouches_for_itself(folder, change):
    change_manifest(folder, change)
    with pytest.raises(InputError, match="manifest.json does not match its checksum; delete the folder"):
        load_run(folder)


def test_a_manifest_from_before_it_had_a_checksum_is_read(folder):
    change_manifest(folder, lambda manifest: manifest["sha256"].pop(MANIFEST))
    assert load_run(folder).manifest["sha256"].keys() == {CONFIG, WEIGHTS, METRICS}


def test_metrics_that_are_no_table_are_one_line(folder):
    forge(folder, METRICS, "")
    with pytest.raises(InputError, match="metrics.csv is no table"):
        load_run(folder)


def test_a_bad_folder_is_a_row_of_the_list_and_does_not_end_it(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    for name, text in (("deep", "[" * 100_000), ("text", "?"), ("null", "null")):
        shutil.copytree(folder, tmp_path / name)
        forge(tmp_path / name, CONFIG, text)
    shutil.copytree(folder, tmp_path / "world")
    monkeypatch.setattr(RUNS, "load_entry_points", lambda: 1 / 0)
    config = json.loads((folder / CONFIG).read_text())
    forge(tmp_path / "world", CONFIG, json.dumps(config | {"world": {"kind": "elsewhere:World"}}))
    rows = {row["run"]: row["state"] for row in runs_on_disk()}
    states = {name: rows[str(tmp_path / name)] for name in ("deep", "text", "null", "world", "run")}
    assert states.pop("run") == "finished"
    assert all(state.startswith("damaged: ") and "\n" not in state for state in states.values())
