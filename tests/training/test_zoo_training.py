"""Training with the networks beside the paper's. Claims:

- Each learns: its losses fall within some hundred updates (the predictor's where latents stand still, in test_zoo).
- A run with dropout is the same each time, continued or not, and leaves the global random state alone.
- It is stored and loaded; what an export or a page cannot compute says so in one line, the rest comes along.
"""

import itertools

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.live.pack import pack_model
from smwm_lab.training import RefitConfig, TrainingLoop, export_model, fit, load_run, plain_loader, planning_config


TINY = {
    "adaln": {
        "predictor": "adaln",
        "past_frames": 1,
        "past_actions": 1,
        "adaln": {"depth": 1, "heads": 2, "head_dim": 8, "mlp_dim": 32, "dropout": 0.1},
    },
    "vit": {
        "encoder": "vit",
        "vit": {"patch": 16, "width": 24, "depth": 1, "heads": 2, "mlp_dim": 32, "projector_dim": 32},
    },
    "difference": {"inverse_head": "difference"},
}


def config_of(name: str, budget: int = 1024):
    config = planning_config("single_dot", "smoke", budget=budget)
    model = {"channels": [4, 8, 8], "latent_dim": 16, "hidden_dim": 64, **TINY[name]}
    return config.replace(model=config.model.replace(**model), num_transitions=512, batch_size=32)


@pytest.fixture(scope="module", params=TINY)
def run(request, tmp_path_factory):
    return fit(config_of(request.param, 9600), out=tmp_path_factory.mktemp("zoo") / request.param)


def test_the_losses_of_a_tiny_training_fall(run):
    if run.config.model.predictor == "adaln":
        assert run.metrics["forward"].tail(10).mean() < 0.1 * run.metrics["forward"].iloc[0]
        return
    total = run.metrics["forward"] + 10 * run.metrics["inverse"]
    assert total.tail(10).mean() < 0.9 * total.head(10).mean()
    assert run.metrics["inverse"].tail(10).mean() < 0.9 * run.metrics["inverse"].head(10).mean()


def test_it_is_stored_and_loaded(run):
    again = load_run(run.path)
    assert again.config == run.config
    for name, value in run.model.state_dict().items():
        assert torch.equal(value.float(), again.model.state_dict()[name].float()), name


def test_what_comes_along_is_right_and_what_does_not_is_one_line(run, tmp_path):
    sizes = run.config.model
    with pytest.raises(InputError, match="allowed on a page: (one without memory|conv, mlp, concat)"):
        pack_model(run.model)
    if (sizes.encoder, sizes.predictor) != ("conv", "mlp"):
        with pytest.raises(InputError, match=r"the (encoder|predictor) is '(vit|adaln)'; allowed here: (conv|mlp)"):
            export_model(run, tmp_path / "out")
        return
    plain = plain_loader.load_model(export_model(run, tmp_path / "out"))
    z, z_next = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(0)).unbind(0)
    with torch.no_grad():
        assert torch.allclose(plain.infer_action(z, z_next), run.model.infer_action(z, z_next), atol=1e-6)


def test_a_run_with_dropout_resumes_bit_for_bit_and_leaves_the_global_state():
    config = config_of("adaln")
    state = torch.random.get_rng_state()
    whole, first, second = (TrainingLoop(config, num_snapshots=16) for _ in range(3))
    for _ in whole:
        pass
    torch.rand(3)  # what somebody else draws changes nothing
    for _ in itertools.islice(first, 5):
        pass
    second.load_state_dict(first.state_dict())
    assert 0 < second.step < config.num_steps
    for _ in second:
        torch.rand(1)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name
    torch.random.set_rng_state(state)
    for _ in TrainingLoop(config):
        pass
    assert torch.equal(torch.random.get_rng_state(), state)


def test_dropout_is_drawn_anew_in_every_update():
    loop = TrainingLoop(config_of("adaln"))
    next(iter(loop))
    block = loop.model.forward_model.blocks[0]
    ones, seen = torch.ones(4, 3, 16), []
    for step in (0, 1, 1):
        loop.step = step
        with loop._noise():
            seen.append(torch.nn.functional.dropout(block.mlp[1](ones), 0.5))
    assert torch.equal(seen[1], seen[2]) and not torch.equal(seen[0], seen[1])


def test_the_second_stage_trains_an_adaln_predictor():
    config = config_of("adaln").replace(
        refit=RefitConfig(past_frames=2, past_actions=2, steps=3, budget=6400, windows_per_update=32, max_windows=200)
    )
    one, two = fit(config), fit(config)
    assert one.model.forward_model.position.shape == (1, 3, 16)
    refit = one.metrics["refit"].dropna()
    assert refit.tail(10).mean() < 0.8 * refit.head(10).mean() and list(refit) == list(two.metrics["refit"].dropna())
