"""Measure again what docs/teaching/answers.md says of the open exercises: `python workshop/answers.py 03-2`.

An exercise is NOTEBOOK-NUMBER, its number under "Your turn", without a check. Preset quick, seed 0, one training each.
Every line is printed as it is found, and at the end the seconds of CPU. Trained runs are cached as in the notebooks.
"""

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
import recorded_answers
import torch
from sklearn.linear_model import LinearRegression

from smwm_lab.paths import ROOT
from smwm_lab.planning import (
    CEM,
    AgentConfig,
    CostConfig,
    LandmarkConfig,
    SearchConfig,
    held_out_tasks,
    make_agent,
    tasks_anywhere,
)
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.probes import (
    LatentTable,
    PcaConfig,
    TsneConfig,
    UmapConfig,
    collapse_report,
    encode_states,
    fit_decoder,
    project,
    retention_report,
    structure_report,
)
from smwm_lab.probes.structure.report import Structure
from smwm_lab.seeding import generator
from smwm_lab.training import (
    Run,
    TrainingLoop,
    draw_windows,
    load_or_fit,
    make_objective,
    planning_config,
    preset_config,
    regulariser_objective,
)
from smwm_lab.viz import plot_reconstructions
from smwm_lab.viz.png import figure_png
from smwm_lab.worlds import Trajectories


SEED = 0
PICTURES = ROOT / "out" / "answers"
Lines = Iterator[str]


def switched_off_while_training() -> Lines:
    """Yield the size of the sheet when the inverse term is switched off in the middle of training, and on again."""
    loop = TrainingLoop(preset_config("single_dot", seed=SEED))
    axis = torch.linspace(18, 45, 10).round()
    grid = torch.cartesian_prod(axis, axis)
    for number, snapshot in enumerate(loop):
        if number in (50, 51, 55, 60, 75, 76, 80, 90, 100):
            variance = encode_states(loop.model, loop.world, grid).var(0).sum()
            yield f"λ = {loop.objective.weights['inverse']:g}, {snapshot.transitions:,} transitions: {variance:.2g}"
        if number in (50, 75):
            loop.set_weight("inverse", 0.0 if number == 50 else 10.0)


def heavy_sigreg() -> Lines:
    """Yield the share in two directions with SIGReg, by its weight."""
    for weight in (0.09, 1.0):
        config = preset_config(
            "single_dot", objective=regulariser_objective("sigreg", weight), seed=SEED, budget=12_000
        )
        report = collapse_report(load_or_fit(config))
        yield f"weight {weight:g}: share in two {report.evr_true_dim:.2f}, {_alarm(report.inverse_over_variance)}"


def longer_squeeze() -> Lines:
    """Yield what noise y survives in sprite_x, by the length of training."""
    for budget in (30_000, 60_000):
        yield _of_arrow(f"{budget:,} transitions", load_or_fit(preset_config("sprite_x", seed=SEED, budget=budget)))


def squeeze_by_weight() -> Lines:
    """Yield the same by the weight of the inverse term."""
    for weight in (1.0, 10.0, 100.0):
        config = preset_config("sprite_x", seed=SEED, objective=make_objective(weight))
        yield _of_arrow(f"λ = {weight:g}", load_or_fit(config))


def longer_painter() -> Lines:
    """Yield the error of the painter of sprite_xyt, and where eight of its pictures are."""
    run = load_or_fit(preset_config("sprite_xyt", seed=SEED))
    painter, report = fit_decoder(run)
    states = run.split.world.sample_state(8, generator(SEED, "painted"))
    painted = painter.decode(encode_states(run.model, run.world, states))
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / "04-4.png"
    file.write_bytes(figure_png(plot_reconstructions(run.world.observe(states), {"painted": painted})))
    yield f"error over that of the mean image {report.multiple:.2f}; eight arrows in {file.relative_to(ROOT)}"


def shuffled_columns() -> Lines:
    """Yield both scores of the three maps, of the latents and of the same with every column shuffled."""
    run = load_or_fit(preset_config("distractor", seed=SEED))
    latents = LatentTable.from_model(run.model, run.world, 1500, seed=SEED).latents
    shuffled = np.random.default_rng(SEED).permuted(latents, axis=0)
    for name, how in (("PCA", PcaConfig()), ("UMAP", UmapConfig()), ("t-SNE", TsneConfig())):
        before, after = project(latents, how), project(shuffled, how)
        yield (
            f"{name}: T {before.trustworthiness:.2f} to {after.trustworthiness:.2f}, "
            f"N {before.neighbourhood_preservation:.2f} to {after.neighbourhood_preservation:.2f}"
        )


def point_of_the_pair() -> Lines:
    """Yield how well a straight line on the plane of PCA reads each dot of `coupled`, and points between them."""
    run = load_or_fit(preset_config("coupled", seed=SEED))
    table = LatentTable.from_model(run.model, run.world, 1500, seed=SEED)
    points = project(table.latents, PcaConfig()).points
    red, green = (table.states[[f"{dot}_x", f"{dot}_y"]].to_numpy() for dot in ("red", "green"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        between = (1 - share) * red + share * green
        score = LinearRegression().fit(points, between).score(points, between)
        yield f"{share:.2f} of the way from red to green: R² {score:.2f}"


def faithful_with_more_dots() -> Lines:
    """Yield the laws of notebook 06 in three worlds, each between its own floor and ceiling."""
    for world in ("single_dot", "coupled", "distractor"):
        report = structure_report(load_or_fit(preset_config(world, seed=SEED)), seed=SEED)
        for name, laws in (("model", report.model), ("untrained", report.untrained)):
            yield f"{world}, {name}: {_laws(laws)}"


def faithful_by_weight() -> Lines:
    """Yield the same by the weight of the inverse term, in `single_dot`."""
    for weight in (1.0, 10.0, 100.0):
        config = preset_config("single_dot", seed=SEED, objective=make_objective(weight))
        yield f"λ = {weight:g}: {_laws(structure_report(load_or_fit(config), seed=SEED).model)}"


def short_sight() -> Lines:
    """Yield the success of CEM that looks one step ahead, and four."""
    for horizon in (1, 4):
        yield _on_canvas(f"horizon {horizon}", AgentConfig("cem", _hurry(horizon=horizon)))


def thrift() -> Lines:
    """Yield success and steps of CEM by what actions cost."""
    for weight in (0.0, 1.0, 10.0, 50.0):
        yield _on_canvas(f"action={weight:g}", AgentConfig("cem", _hurry(action=weight)))


def the_wrong_run() -> Lines:
    """Yield the success with the run that learned from walks, and with that which learned from pairs."""
    pairs = load_or_fit(preset_config("single_dot", seed=SEED))
    for name, planner in (("CEM", AgentConfig("cem", _hurry())), ("inverse head", AgentConfig("inverse"))):
        yield _on_canvas(f"{name}, walks", planner)
        yield _on_canvas(f"{name}, pairs", planner, trained=pairs)


def fewer_landmarks() -> Lines:
    """Yield the graph and its success with 400 landmarks, with 40, and with an edge for every pair seen once."""
    run, trajectories = _rooms()
    for name, landmarks in (
        ("400 landmarks", LandmarkConfig()),
        ("40 landmarks", LandmarkConfig(num_landmarks=40)),
        ("400, min_count=1", LandmarkConfig(min_count=1)),
    ):
        yield _in_rooms(name, run, trajectories, landmarks)


def farther_subgoals() -> Lines:
    """Yield the success by how far ahead subgoals lie."""
    run, trajectories = _rooms()
    for ahead in (1.0, 2.0, 4.0):
        yield _in_rooms(f"subgoal_actions={ahead:g}", run, trajectories, LandmarkConfig(subgoal_actions=ahead))


def less_data() -> Lines:
    """Yield the graph and its success by the number of windows it is built from."""
    run, trajectories = _rooms()
    for count in (6000, 300):
        yield _in_rooms(f"{count:,} windows", run, trajectories[:count], LandmarkConfig())


def _alarm(value: float) -> str:
    return f"L_inv/Var(a) {value:.3g}"


def _of_arrow(name: str, run: Run) -> str:
    parts = retention_report(run, num_train=2000, num_test=1000).components
    told = ", ".join(f"{part} R² {parts[part].decodable:.2f} survives {parts[part].survives:.3g}" for part in "xy")
    report = collapse_report(run, num_transitions=500)
    return f"{name}: {told}; share in one {report.evr_true_dim:.2f}, total variance {report.total_variance:.2g}"


def _laws(laws: Structure) -> str:
    return (
        f"equivariance/step {laws.equivariance.per_step:.3f}, composition/step {laws.composition:.3f}, "
        f"additivity {laws.additivity.linear:.2f}, distances {laws.distances.pooled:.3f}"
    )


def _hurry(*, horizon: int = 4, action: float = 0.0) -> SearchConfig:
    solver = CEM(num_samples=200, num_iterations=8, num_elites=20)
    cost = CostConfig(terminal=0.0, path=1.0, action=action)
    return SearchConfig(solver=solver, cost=cost, horizon=horizon, receding_horizon=1)


def _on_canvas(name: str, planner: AgentConfig, trained: Run | None = None) -> str:
    run = load_or_fit(planning_config("single_dot", seed=SEED))
    tasks = tasks_anywhere(run.split, 100, generator=generator(SEED, "tasks"))
    outcome = solve(planner, (trained or run).model, tasks, seed=SEED)
    steps = [step for step in outcome.arrived_at if step >= 0]
    return f"{name}: {len(steps)} of 100, {np.mean(steps) if steps else np.nan:.2f} steps in the mean of those"


def _rooms() -> tuple[Run, Trajectories]:
    config = planning_config("two_room", seed=SEED)
    return load_or_fit(config), draw_windows(config)[:6000]


def _in_rooms(name: str, run: Run, trajectories: Trajectories, landmarks: LandmarkConfig) -> str:
    length = run.config.episode_length
    tasks = held_out_tasks(run.split, 60, goal_offset=100, episode_length=length, generator=generator(SEED, "far"))
    planner = AgentConfig("landmarks", landmarks=landmarks)
    graph = make_agent(planner, run.model, run.world, trajectories=trajectories, seed=SEED).planner.graph
    outcome = solve(planner, run.model, tasks, trajectories=trajectories, seed=SEED)
    return f"{name}: {graph!r}, {int(outcome.success.sum())} of 60"


EXERCISES: dict[str, Callable[[], Lines]] = {
    "02-2": switched_off_while_training,
    "03-2": heavy_sigreg,
    "04-1": longer_squeeze,
    "04-2": squeeze_by_weight,
    "04-4": longer_painter,
    "05-2": shuffled_columns,
    "05-3": point_of_the_pair,
    "06-1": faithful_with_more_dots,
    "06-2": faithful_by_weight,
    "07-1": short_sight,
    "07-2": thrift,
    "07-3": the_wrong_run,
    "08-1": fewer_landmarks,
    "08-2": farther_subgoals,
    "08-3": less_data,
    "09-1": recorded_answers.late_actions,
    "09-2": recorded_answers.five_steps_in_one,
    "09-3": recorded_answers.a_horn,
    "10-1": recorded_answers.longer_memory,
}


def main() -> None:
    """Measure the exercises that are named, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("exercise", nargs="+", choices=EXERCISES)
    for name in parser.parse_args().exercise:
        start = time.process_time()
        for line in EXERCISES[name]():
            print(f"{name}  {line}", flush=True)
        print(f"{name}  {time.process_time() - start:.0f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
