"""ProbeBench: linear probes under noise."""

from smwm_lab.widgets.probe_bench.widget import ProbeBench


__all__ = ["ProbeBench"]
