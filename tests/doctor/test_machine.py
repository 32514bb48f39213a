"""The machine. Claims: memory, cores, disk, browser, port and threads are each ok, a warning or a failure for the
reason that is printed, and what a container allows counts where it is less than what its machine has."""

import os
import shutil
import socket
from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest
import torch

from smwm_lab import paths
from smwm_lab.cli.app import command as app_command
from smwm_lab.doctor import browsers, container_limits, cores, disk, memory, ports, torch_threads


GB = 10**9


@pytest.fixture(autouse=True)
def no_container(monkeypatch, tmp_path):
    """A machine without the limits of a container, whatever runs these tests."""
    monkeypatch.setattr(container_limits, "CGROUP", tmp_path / "cgroup")
    return tmp_path / "cgroup"


def write(folder, **files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n")


@pytest.mark.parametrize(("free", "status"), [(8, "ok"), (2, "warn"), (0.5, "fail")])
def test_memory(monkeypatch, free, status):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free * GB, total=16 * GB))
    finding = memory.measure_memory()
    assert finding.status == status and finding.found == f"{free:.1f} GB free of 16.0 GB"


def test_memory_of_a_container_is_what_it_may_take_without_the_cache_of_files(monkeypatch, no_container):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=60 * GB, total=64 * GB))
    stat = f"anon 5\ninactive_file {GB // 2}"
    write(no_container, memory__max=2 * GB, memory__current=GB, memory__stat=stat)
    assert container_limits.memory_left() == 3 * GB // 2
    assert memory.measure_memory().status == "warn"
    (no_container / "memory.max").write_text("max\n")
    assert container_limits.memory_left() is None and memory.measure_memory().status == "ok"


def test_memory_of_an_older_container(no_container):
    no_container.mkdir()
    write(no_container / "memory", memory__limit_in_bytes=3 * GB, memory__usage_in_bytes=GB)
    assert container_limits.memory_left() == 2 * GB


@pytest.mark.parametrize(("usable", "status"), [({0}, "warn"), ({0, 1}, "ok"), ({0, 1, 2, 3}, "ok")])
def test_cores(monkeypatch, usable, status):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: usable, raising=False)
    finding = cores.count_cores()
    assert finding.status == status and finding.found.startswith(f"{len(usable)} core")


def test_a_container_with_half_a_core_has_half_a_core(monkeypatch, no_container):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    write(no_container, cpu__max="50000 100000")
    assert cores.usable_cores() == 0.5 and cores.count_cores().status == "warn"
    (no_container / "cpu.max").write_text("max 100000\n")
    assert cores.usable_cores() == 8


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "status"), [(50, "ok"), (0.5, "warn"), (0.1, "fail")])
def test_free_disk_where_the_cache_goes(monkeypatch, tmp_path, free, status):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "new" / "cache"))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(100 * GB, 0, free * GB))
    finding = disk.look_at_folder(disk.cache_folder)
    assert finding.status == status and finding.found == f"{free:.1f} GB free in {tmp_path / 'new' / 'cache'}"
    assert ("SMWM_LAB_CACHE" in finding.remedy) == (status != "ok")
    assert list(tmp_path.iterdir()) == [], "it only looks"


def test_a_folder_that_cannot_be_written_is_a_failure(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "file" / "cache"))
    finding = disk.look_at_folder(disk.cache_folder)
    assert finding.status == "fail" and "cannot be written" in finding.found and "SMWM_LAB_CACHE" in finding.remedy


def test_output_goes_to_the_folder_in_which_one_works(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    folder, remedy = disk.output_folder()
    assert folder == tmp_path / "out" and "--out" in remedy
    assert disk.look_at_folder(disk.output_folder).status in ("ok", "warn")


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """An empty machine on which a test installs programs."""
    monkeypatch.setattr(browsers, "FOLDERS", (f"{tmp_path}/Some.app", "{NO_SUCH_FOLDER}/chrome.exe"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_a_browser_it_says_what_needs_one(programs):
    finding = browsers.find_browser()
    assert finding.status == "warn" and finding.found == "none found"
    assert all(what in finding.remedy for what in ("JupyterLab", "make app", "another machine"))


@pytest.mark.parametrize("name", ["firefox", "chromium", "google-chrome", "Some.app"])
def test_a_browser_is_found_by_its_name_or_place(programs, name):
    (programs / name).write_text("#!/bin/sh\n")
    (programs / name).chmod(0o755)
    finding = browsers.find_browser()
    assert (finding.status, finding.found) == ("ok", str(programs / name))


def test_the_port_is_the_one_that_the_app_takes():
    [option] = [parameter for parameter in app_command.params if parameter.name == "port"]
    assert option.default == ports.APP_PORT


def test_a_free_port_is_ok_and_a_taken_one_names_another(monkeypatch):
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "APP_PORT", port)
        finding = ports.look_at_port()
        assert finding.status == "warn" and finding.found == f"port {port} is taken"
        other = int(finding.remedy.rpartition(" ")[2])
        assert other != port
    monkeypatch.setattr(ports, "APP_PORT", other)
    assert ports.look_at_port().status == "ok"


def test_a_machine_on_which_nothing_can_listen_is_a_failure(monkeypatch):
    monkeypatch.setattr(ports, "HOST", "192.0.2.1")  # an address kept for examples: no machine has it
    assert ports.look_at_port().status == "fail"


@pytest.mark.parametrize(
    ("threads", "load", "policy", "status", "words"),
    [
        (2, 0.5, None, "ok", ""),
        (8, 0.5, None, "warn", "OMP_NUM_THREADS=2"),
        (2, 9.0, None, "warn", "OMP_NUM_THREADS=1"),
        (1, 9.0, None, "ok", ""),
        (2, 0.5, "ACTIVE", "warn", "OMP_WAIT_POLICY"),
    ],
    ids=["fitting", "too many", "busy", "busy with one", "spinning"],
)
def test_threads(monkeypatch, threads, load, policy, status, words):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    monkeypatch.setattr(psutil, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if policy:
        monkeypatch.setenv("OMP_WAIT_POLICY", policy)
    finding = torch_threads.look_at_threads()
    assert finding.status == status and words in finding.remedy and "on 2 cores" in finding.found


def test_the_disk_of_the_cache_is_that_of_the_library(monkeypatch, tmp_path):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    assert disk.cache_folder()[0] == paths.cache_dir()
