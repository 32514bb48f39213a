"""stable-worldmodel as an oracle of tests: a package that is optional (CONTRIBUTING, Oracle)."""

import os

import pytest
import torch


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """stable-worldmodel, which draws nothing on a screen and keeps its files to itself."""
    os.environ.update(SDL_VIDEODRIVER="dummy", STABLEWM_HOME=str(tmp_path_factory.mktemp("swm")))
    _let_torchvision_import()
    return pytest.importorskip("stable_worldmodel", reason="stable-worldmodel, the oracle, is not installed")


def _let_torchvision_import() -> None:
    """The published torchvision looks for two compiled operators that a CPU build of torch does not bring."""
    if not hasattr(torch.ops.torchvision, "nms"):
        library = torch.library.Library("torchvision", "FRAGMENT")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _let_torchvision_import.keep = library
