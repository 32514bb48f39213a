"""A run on disk: config.json, weights.safetensors, metrics.csv, manifest.json; no pickle anywhere.

Each file is written beside its place and moved there, and the manifest, with the hashes of the others, comes
last: a folder with a manifest is a finished run, one with checkpoint.safetensors is a run to be continued.
"""

import hashlib
import json
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from smwm_lab import paths
from smwm_lab.data import StateSplit
from smwm_lab.errors import InputError, LostSource, check, check_instance, shown
from smwm_lab.files import as_path, is_leftover, write_bytes, write_text
from smwm_lab.json_files import read_json_object
from smwm_lab.locks import is_lock
from smwm_lab.models import WorldModel
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.device import choose_device
from smwm_lab.version import VERSION
from smwm_lab.worlds import World, make_world
from smwm_lab.worlds.registry import is_known_kind, load_entry_points


CONFIG, WEIGHTS, METRICS, MANIFEST = "config.json", "weights.safetensors", "metrics.csv", "manifest.json"
HASHED = (CONFIG, WEIGHTS, METRICS)
"""Files whose hashes stand in the manifest, beside that of the manifest itself."""
CHECKPOINT = "checkpoint.safetensors"
LARGEST_JSON = 1 << 20
"""Bytes of config.json and manifest.json at most; ours have a few thousand."""
ANEW = "delete the folder and train anew"
"""What to do about a damaged run."""
CHECKSUM = "sha256"
"""Key of the checksum in the metadata of a checkpoint."""


@dataclass(frozen=True)
class Run:
    """A finished run: what was asked, what came out."""

    config: TrainConfig
    model: WorldModel
    """In evaluation mode, on the device it was loaded to."""
    metrics: pd.DataFrame
    """One row per snapshot: step, transitions, seconds, and each loss term; `refit` in the rows of the second stage."""
    manifest: dict[str, Any]
    """Versions, git commit, device, seconds, hashes of the files."""
    path: Path | None = None
    """Its folder, if it has one."""

    @property
    def world(self) -> World:
        """The world the run was trained on."""
        return make_world(self.config.world)

    @property
    def split(self) -> StateSplit:
        """Which states the run was trained on, and which were held out."""
        return self.config.make_split()

    def __repr__(self) -> str:
        return f"Run({self.config.fingerprint()}, {self.config.budget:,} transitions, seed {self.config.seed})"


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Write tensors atomically as safetensors."""
    plain = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    write_bytes(path, save(plain))


def write_checkpoint(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write tensors and metadata atomically as safetensors, with a checksum over both in the metadata."""
    plain = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    write_bytes(path, save(plain, metadata | {CHECKSUM: _checksum(plain, metadata)}))


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return tensors and metadata of a checkpoint; raise `InputError` unless they are what was written."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except (SafetensorError, OSError, RuntimeError, ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"checkpoint {path} is damaged ({reason}); delete the file and train anew") from error
    stored = metadata.pop(CHECKSUM, None)
    check(stored is not None, f"checkpoint {path} has no checksum, so nothing vouches for it; delete the file")
    intact = stored == _checksum(tensors, metadata)
    check(intact, f"checkpoint {path} is damaged (it does not match its checksum); delete the file and train anew")
    return tensors, metadata


def _checksum(tensors: dict[str, Tensor], metadata: dict[str, str]) -> str:
    """Return the SHA-256 of names, dtypes, shapes and bytes of tensors, and of the metadata, hex."""
    digest = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode())
    for key, value in sorted(tensors.items()):
        digest.update(json.dumps([key, str(value.dtype), list(value.shape)]).encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().tobytes())  # as bytes: numpy has no bfloat16
    return digest.hexdigest()


def save_run(run: Run, folder: Path | str, *, dtype: torch.dtype = torch.float32) -> Run:
    """Write a finished run; weights in `dtype` (float16 halves what is shipped). Returns it with its path."""
    check_instance("run", run, Run)
    folder = as_path("folder", folder)
    floats = isinstance(dtype, torch.dtype) and dtype.is_floating_point
    check(floats, f"dtype = {shown(dtype)} holds no weights; allowed: torch.float32, float16, bfloat16 or float64")
    (folder / MANIFEST).unlink(missing_ok=True)  # not finished while its files change
    write_text(folder / CONFIG, pretty_json(run.config.to_dict()))
    write_tensors(folder / WEIGHTS, {k: v.to(dtype) for k, v in run.model.state_dict().items()})
    write_text(folder / METRICS, run.metrics.to_csv(index=False))
    manifest = run.manifest | {"sha256": {name: file_hash(folder / name) for name in HASHED}}
    manifest["sha256"][MANIFEST] = _manifest_hash(manifest)
    write_text(folder / MANIFEST, pretty_json(manifest))
    return Run(run.config, run.model, run.metrics, manifest, folder)


def load_run(folder: Path | str, *, device: torch.device | str = "cpu") -> Run:
    """Read a finished run strictly; raise `InputError` for a missing, unfinished, corrupt or foreign folder."""
    folder, device = as_path("folder", folder), choose_device(device)
    check(is_folder(folder), f"run {folder} is not a folder; `smwm-lab runs` lists the runs on disk")
    check((folder / MANIFEST).is_file(), f"run {folder} has no {MANIFEST}: not a finished run; train it to the end")
    manifest = _read_manifest(folder)
    for name in HASHED:
        intact = (folder / name).is_file() and file_hash(folder / name) == manifest["sha256"].get(name)
        check(intact, f"run {folder} is damaged: {name} does not match {MANIFEST}; {ANEW}")
    config = _read_config(folder)
    damaged = f"run {folder} is damaged: {WEIGHTS} does not fit {CONFIG}; {ANEW}"
    try:
        # before any memory is taken: a small config.json can ask for networks larger than the machine
        check(_stored_shapes(folder / WEIGHTS) == _shapes_of(config), damaged)
        model = WorldModel(config.final_model)
        model.load_state_dict({k: v.float() for k, v in load_file(folder / WEIGHTS).items()})
    except (RuntimeError, SafetensorError) as error:
        raise InputError(damaged) from error
    model.training_split = config.make_split().key
    model.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    return Run(config, model, _read_metrics(folder), manifest, folder)


def _stored_shapes(path: Path) -> dict[str, list[int]]:
    """Return the shapes of the tensors in a file, from its header."""
    with safe_open(path, framework="pt") as file:
        return {key: file.get_slice(key).get_shape() for key in file.keys()}


def _shapes_of(config: TrainConfig) -> dict[str, list[int]]:
    """Return the shapes of the weights of a configuration's networks, which are made without memory for that."""
    with torch.device("meta"):
        return {key: list(value.shape) for key, value in WorldModel(config.final_model).state_dict().items()}


def _read_metrics(folder: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(folder / METRICS)
    except ValueError as error:
        raise InputError(f"run {folder} is damaged: {METRICS} is no table; {ANEW}") from error


def _read_config(folder: Path) -> TrainConfig:
    values = read_json_object(folder / CONFIG, largest=LARGEST_JSON, remedy=ANEW)
    world = values.get("world")
    kind = str(world.get("kind", "")) if isinstance(world, dict) else ""
    if ":" in kind:
        load_entry_points()  # the world of another package: its configuration must be known before it can be read
        check(
            is_known_kind(kind),
            f"run {folder} is of the kind {kind!r}, a world that is not registered; give its module: "
            f"--world {kind.partition(':')[0]}:WORLD, or register_world, or install its package",
        )
    try:
        return TrainConfig.from_dict(values)
    except LostSource:
        raise  # the run is whole; its recording is elsewhere
    except InputError as error:
        raise InputError(f"run {folder} is of another version: {error}; {ANEW}") from error


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; one that was written before it had a checksum of its own is taken as it is."""
    manifest = read_json_object(folder / MANIFEST, largest=LARGEST_JSON, remedy=ANEW)
    hashes = manifest.get("sha256")
    if not (isinstance(hashes, dict) and {"seconds", "transitions", "device"} <= set(manifest)):
        raise InputError(f"run {folder} is damaged: {MANIFEST} is not one of ours; {ANEW}")
    known = set(hashes) in ({*HASHED}, {*HASHED, MANIFEST})  # in no other way, or a changed key would hide the checksum
    intact = known and (MANIFEST not in hashes or hashes[MANIFEST] == _manifest_hash(manifest))
    check(intact, f"run {folder} is damaged: {MANIFEST} does not match its checksum; {ANEW}")
    return manifest


def _manifest_hash(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of a manifest without its own, hex."""
    others = {name: value for name, value in manifest["sha256"].items() if name != MANIFEST}
    read_back = json.loads(json.dumps(manifest | {"sha256": others}))  # JSON makes text of a key that is a number
    text = json.dumps(read_back, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def stored_config(folder: Path) -> TrainConfig | None:
    """Return the configuration of a run folder, None if there is none; raise `InputError` if it is foreign.

    A folder with nothing but half-written files and a lock of ours counts as new: a run begins there, or was killed
    before its first file stood.
    """
    try:
        if not folder.exists() or (folder.is_dir() and all(is_leftover(e) or is_lock(e) for e in folder.iterdir())):
            return None
    except OSError as error:
        raise InputError(f"folder {folder} cannot be read: {error.strerror}; choose another folder") from error
    check(folder.is_dir(), f"{folder} is a file; choose a folder")
    check(
        (folder / CONFIG).is_file(),
        f"folder {folder} is not empty and holds no run ({CONFIG} is missing); choose an empty or new folder",
    )
    return _read_config(folder)


def list_runs(folder: Path | str) -> list[Path]:
    """Return the run folders right below `folder`, finished or not, by name."""
    return sorted(path.parent for path in as_path("folder", folder).glob(f"*/{CONFIG}"))


def describe_machine(device: torch.device) -> dict[str, Any]:
    """Return versions, device and git commit for a manifest."""
    return {
        "smwm_lab": VERSION,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "num_threads": torch.get_num_threads(),
        "git_commit": _git_commit(),
    }


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; False also for one that no file system would take."""
    try:
        return path.is_dir()
    except OSError:
        return False


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git_commit() -> str | None:
    """Return the commit of the checkout; None if the package is installed without one, or there is no git.

    A checkout without a history of its own may lie in a repository of something else, whose commit says nothing.
    """
    ask = ["git", "rev-parse", "HEAD", "--show-toplevel"]
    try:
        asked = subprocess.run(ask, cwd=paths.CHECKOUT, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    commit, top = asked.stdout.splitlines()
    return commit if paths.CHECKOUT and Path(top).resolve() == paths.CHECKOUT else None


def pretty_json(values: dict[str, Any]) -> str:
    """Return values as the JSON text of a run folder: a line each."""
    return json.dumps(values, indent=1) + "\n"
