"""Looking at latents. Probes never import training."""

from smwm_lab.probes.collapse.intrinsic_dim import two_nn
from smwm_lab.probes.collapse.rank_panel import MEASURES, RankPanel, rank_panel, synthetic_panel, world_panel
from smwm_lab.probes.collapse.report import CollapseReport, collapse_report, describe_latents
from smwm_lab.probes.collapse.synthetic_clouds import SYNTHETIC_CLOUDS, SyntheticCloud
from smwm_lab.probes.images.decoder import DecoderConfig, DecoderProbe, fit_decoder
from smwm_lab.probes.images.kernel_regression import kernel_reconstruction
from smwm_lab.probes.images.traversals import Traversal, along_actions, along_components
from smwm_lab.probes.inputs.checks import table_targets
from smwm_lab.probes.inputs.encode import encode_states, held_out_latents, to_numpy
from smwm_lab.probes.inputs.latent_table import LatentTable, RenderedFrames
from smwm_lab.probes.projection.aligned import PROJECTIONS, AlignedProjections
from smwm_lab.probes.projection.methods import PcaConfig, TsneConfig, UmapConfig
from smwm_lab.probes.projection.procrustes import aligned_planes, aligned_sequence, principal_plane, procrustes
from smwm_lab.probes.projection.projection import Projection, project, projection_scores
from smwm_lab.probes.readout.controls import pixel_pca, untrained_model
from smwm_lab.probes.readout.grid import ProbeGrid, probe_grid
from smwm_lab.probes.readout.regressors import READOUTS, knn_readout, linear_readout, mlp_readout, readout_r2
from smwm_lab.probes.readout.report import ReadoutReport, compare_readouts, readout_report
from smwm_lab.probes.readout.retention import (
    NOISE,
    RetentionReport,
    describe_retention,
    retention_report,
    survived_noise,
)
from smwm_lab.probes.structure.dynamics_metrics import action_directions
from smwm_lab.probes.structure.report import StructureReport, structure_report


__all__ = [
    "CollapseReport",
    "DecoderConfig",
    "DecoderProbe",
    "SYNTHETIC_CLOUDS",
    "SyntheticCloud",
    "LatentTable",
    "MEASURES",
    "NOISE",
    "PROJECTIONS",
    "PcaConfig",
    "AlignedProjections",
    "ProbeGrid",
    "Projection",
    "READOUTS",
    "RankPanel",
    "ReadoutReport",
    "RenderedFrames",
    "RetentionReport",
    "StructureReport",
    "Traversal",
    "TsneConfig",
    "UmapConfig",
    "action_directions",
    "aligned_sequence",
    "aligned_planes",
    "along_actions",
    "along_components",
    "collapse_report",
    "compare_readouts",
    "describe_latents",
    "describe_retention",
    "encode_states",
    "fit_decoder",
    "held_out_latents",
    "kernel_reconstruction",
    "knn_readout",
    "synthetic_panel",
    "linear_readout",
    "mlp_readout",
    "pixel_pca",
    "principal_plane",
    "probe_grid",
    "procrustes",
    "project",
    "projection_scores",
    "rank_panel",
    "readout_r2",
    "readout_report",
    "retention_report",
    "structure_report",
    "survived_noise",
    "table_targets",
    "to_numpy",
    "two_nn",
    "untrained_model",
    "world_panel",
]
