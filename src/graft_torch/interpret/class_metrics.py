"""Metrics of one class per row: accuracy, and what is computed from the confusion matrix of a whole epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .metric import Array, MetricBatch, MetricState, Options, average_state, epoch_state, predicted, share


def _hits(batch: MetricBatch) -> int:
    return int((predicted(batch) == batch.targets).sum())


def accuracy(_: Options) -> MetricState:
    """The fraction of rows whose largest output is the target's."""
    return average_state(lambda batch: share(_hits(batch), batch.n))


def error_rate(_: Options) -> MetricState:
    """1 − accuracy."""
    return average_state(lambda batch: 1 - share(_hits(batch), batch.n))


def _ranks(batch: MetricBatch) -> Array:
    """How many outputs of each row are larger than its target's, or equal and before it."""
    width = batch.outputs.shape[1]
    known = (batch.targets >= 0) & (batch.targets < width)
    targets = np.where(known, batch.targets, 0).astype(int)
    own = batch.outputs[np.arange(batch.n), targets][:, None]
    before = np.arange(width) < targets[:, None]
    ranks = ((batch.outputs > own) | ((batch.outputs == own) & before)).sum(1)
    return np.where(known, ranks, width)


def top_k_accuracy(options: Options) -> MetricState:
    """The fraction of rows whose target is among the k largest outputs."""
    return average_state(lambda batch: share(int((_ranks(batch) < options["k"]).sum()), batch.n))


def _over_matrix(done: Callable[[Array], float]) -> MetricState:
    """A metric of the confusion matrix: rows are targets, columns predictions."""

    def counted(matrix: Array | None, batch: MetricBatch) -> Array:
        width = batch.outputs.shape[1]
        matrix = np.zeros((width, width)) if matrix is None else matrix.copy()
        known = batch.targets >= 0
        np.add.at(matrix, (batch.targets[known].astype(int), predicted(batch)[known]), 1)
        return matrix

    def result(matrix: Array | None) -> float:
        with np.errstate(all="ignore"):
            return np.nan if matrix is None else done(matrix)

    return MetricState(None, counted, result)


def _shares(parts: Array, wholes: Array) -> Array:
    """Division by 0 gives 0."""
    return np.where(wholes == 0, 0.0, parts / np.where(wholes == 0, 1, wholes))


def _precisions(matrix: Array) -> Array:
    return _shares(matrix.diagonal(), matrix.sum(0))


def _recalls(matrix: Array) -> Array:
    return _shares(matrix.diagonal(), matrix.sum(1))


def balanced_accuracy(_: Options) -> MetricState:
    """The mean recall of the classes that occur."""

    def done(matrix: Array) -> float:
        each = _recalls(matrix)[matrix.sum(1) > 0]
        return share(each.sum(), len(each))

    return _over_matrix(done)


def _averaged(scores: Callable[[Array], Array], options: Options) -> MetricState:
    def done(matrix: Array) -> float:
        each, there = scores(matrix), matrix.sum(1)
        how = options["average"]
        if how == "binary":
            how = "class" if len(each) == 2 else "macro"
        if how == "class":
            return each[options["posLabel"]] if options["posLabel"] < len(each) else np.nan
        if how == "micro":
            return share(matrix.diagonal().sum(), there.sum())
        if how == "macro":
            return share(each.sum(), len(each))
        return share((each * there).sum(), there.sum())

    return _over_matrix(done)


def precision(options: Options) -> MetricState:
    """The fraction of predictions of a class that are right."""
    return _averaged(_precisions, options)


def recall(options: Options) -> MetricState:
    """The fraction of a class that is predicted."""
    return _averaged(_recalls, options)


def fbeta_score(options: Options) -> MetricState:
    """The weighted harmonic mean of precision and recall."""
    square = options["beta"] ** 2

    def scores(matrix: Array) -> Array:
        p, r = _precisions(matrix), _recalls(matrix)
        return _shares((1 + square) * p * r, square * p + r)

    return _averaged(scores, options)


def kappa_score(options: Options) -> MetricState:
    """Cohen's kappa: agreement beyond chance."""

    def done(matrix: Array) -> float:
        classes = np.arange(len(matrix))
        apart = np.abs(classes[:, None] - classes)
        distance = {"none": apart > 0, "linear": apart, "quadratic": apart**2}[options["weights"]]
        chance = np.outer(matrix.sum(1), matrix.sum(0)) / matrix.sum()
        return 1 - share((distance * matrix).sum(), (distance * chance).sum())

    return _over_matrix(done)


def matthews_corrcoef(_: Options) -> MetricState:
    """The correlation of predictions and targets."""

    def done(matrix: Array) -> float:
        there, taken, n = matrix.sum(1), matrix.sum(0), matrix.sum()
        spread = (n**2 - (there * there).sum()) * (n**2 - (taken * taken).sum())
        return share(matrix.diagonal().sum() * n - (there * taken).sum(), np.sqrt(spread))

    return _over_matrix(done)


def _area_under_curve(scores: Array, targets: Array) -> float:
    order = np.argsort(-scores, kind="stable")
    ranked, true = scores[order], targets[order] == 1
    # equal scores cannot be separated by a threshold
    ends = np.append(ranked[1:] != ranked[:-1], True)
    with np.errstate(all="ignore"):
        tpr = np.concatenate([[0], np.cumsum(true)[ends]]) / true.sum()
        fpr = np.concatenate([[0], np.cumsum(~true)[ends]]) / (~true).sum()
    return ((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum()


def auroc(_: Options) -> MetricState:
    """The area under the ROC curve of class 1."""

    def area(rows: MetricBatch) -> float:
        outputs = rows.outputs.astype(np.float64)
        exponentials = np.exp(outputs - outputs.max(1, keepdims=True))
        # graft rounds probabilities to float32, in which more of them are equal
        scores = (exponentials[:, 1] / exponentials.sum(1)).astype(np.float32)
        return _area_under_curve(scores, rows.targets)

    return epoch_state(area)
