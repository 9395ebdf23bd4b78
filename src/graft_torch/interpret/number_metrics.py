"""Metrics of numbers: outputs and targets compared one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .metric import Array, MetricBatch, MetricState, Options, average_state, epoch_state, share


def _pairs(batch: MetricBatch) -> tuple[Array, Array]:
    return batch.outputs.astype(np.float64), batch.targets.reshape(batch.outputs.shape).astype(np.float64)


def _mean(f: Callable[[Array, Array], Array]) -> Callable[[MetricBatch], float]:
    def of(batch: MetricBatch) -> float:
        with np.errstate(all="ignore"):
            return f(*_pairs(batch)).mean()

    return of


def _squared(outputs: Array, targets: Array) -> Array:
    return (outputs - targets) ** 2


def _over(f: Callable[[MetricBatch], float], options: Options) -> MetricState:
    """Over the whole epoch, or over each batch."""
    return (epoch_state if options["over"] == "epoch" else average_state)(f)


def mean_squared_error(_: Options) -> MetricState:
    """The mean squared error."""
    return average_state(_mean(_squared))


def mean_absolute_error(_: Options) -> MetricState:
    """The mean absolute error."""
    return average_state(_mean(lambda o, t: np.abs(o - t)))


def mean_squared_logarithmic_error(_: Options) -> MetricState:
    """The mean of (ln(1 + output) − ln(1 + target))²."""
    return average_state(_mean(lambda o, t: _squared(np.log1p(o), np.log1p(t))))


def root_mean_squared_error(options: Options) -> MetricState:
    """The root of the mean squared error."""
    return _over(lambda rows: np.sqrt(_mean(_squared)(rows)), options)


def exp_rmspe(options: Options) -> MetricState:
    """The root mean squared percentage error of exponentials."""
    return _over(lambda rows: np.sqrt(_mean(lambda o, t: (1 - np.exp(o - t)) ** 2)(rows)), options)


def r2_score(options: Options) -> MetricState:
    """R²."""
    return _over(lambda rows: 1 - share(_mean(_squared)(rows), _pairs(rows)[1].var()), options)


def explained_variance(options: Options) -> MetricState:
    """1 − Var(target − output)/Var(target)."""

    def of(rows: MetricBatch) -> float:
        outputs, targets = _pairs(rows)
        return 1 - share((targets - outputs).var(), targets.var())

    return _over(of, options)
