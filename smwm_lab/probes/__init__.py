"""Floor 6: looking at latents. Probes never import training."""

from smwm_lab.probes.alignment import aligned_film, aligned_planes, principal_plane, procrustes
from smwm_lab.probes.collapse import CollapseReport, collapse_report, describe_latents
from smwm_lab.probes.controls import pixel_pca, untrained_model
from smwm_lab.probes.decoding import DecoderConfig, DecoderProbe, ReconstructionReport, fit_decoder
from smwm_lab.probes.embedding import Projection, project, projection_scores
from smwm_lab.probes.embedding_settings import PcaSettings, TsneSettings, UmapSettings
from smwm_lab.probes.intrinsic_dim import two_nn
from smwm_lab.probes.kernel_pictures import KernelPictures, kernel_pictures
from smwm_lab.probes.known_clouds import KNOWN_CLOUDS, KnownCloud
from smwm_lab.probes.latent_table import LatentTable, RenderedFrames
from smwm_lab.probes.latents import encode_states, held_out_latents, to_numpy
from smwm_lab.probes.laws import action_directions
from smwm_lab.probes.pictures import PICTURES, Pictures
from smwm_lab.probes.probe_grid import ProbeGrid, probe_grid
from smwm_lab.probes.rank_panel import MEASURES, RankPanel, known_panel, rank_panel, world_panel
from smwm_lab.probes.readout import READOUTS, knn_readout, linear_readout, mlp_readout, readout_r2
from smwm_lab.probes.readout_report import ReadoutReport, ReadoutScore, compare_readouts, readout_report
from smwm_lab.probes.retention import (
    NOISE,
    Retention,
    RetentionReport,
    describe_retention,
    retention_report,
    survived_noise,
)
from smwm_lab.probes.rows import table_targets
from smwm_lab.probes.structure import StructureReport, measure_structure, structure_report, structure_sample
from smwm_lab.probes.traversals import Traversal, along_actions, along_components


__all__ = [
    "CollapseReport", "DecoderConfig", "DecoderProbe", "KNOWN_CLOUDS", "KernelPictures", "KnownCloud", "LatentTable",
    "MEASURES", "NOISE", "PICTURES", "PcaSettings", "Pictures", "ProbeGrid", "Projection", "READOUTS", "RankPanel",
    "ReadoutReport", "ReadoutScore", "ReconstructionReport", "RenderedFrames", "Retention", "RetentionReport",
    "StructureReport", "Traversal", "TsneSettings", "UmapSettings", "action_directions", "aligned_film",
    "aligned_planes", "along_actions", "along_components", "collapse_report", "compare_readouts", "describe_latents",
    "describe_retention", "encode_states", "fit_decoder", "held_out_latents", "kernel_pictures", "knn_readout",
    "known_panel", "linear_readout", "measure_structure", "mlp_readout", "pixel_pca", "principal_plane", "probe_grid",
    "procrustes", "project", "projection_scores", "rank_panel", "readout_r2", "readout_report", "retention_report",
    "structure_report", "structure_sample", "survived_noise", "table_targets", "to_numpy", "two_nn", "untrained_model",
    "world_panel",
]  # fmt: skip
