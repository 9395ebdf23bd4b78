"""Every metric, by the name of its constructor in graft."""

from __future__ import annotations

from collections.abc import Callable

from . import class_metrics, label_metrics, number_metrics, pixel_metrics, point_metrics
from .metric import MetricState, Options

METRICS: dict[str, Callable[[Options], MetricState]] = {
    "accuracy": class_metrics.accuracy,
    "errorRate": class_metrics.error_rate,
    "balancedAccuracy": class_metrics.balanced_accuracy,
    "topKAccuracy": class_metrics.top_k_accuracy,
    "precision": class_metrics.precision,
    "recall": class_metrics.recall,
    "fbetaScore": class_metrics.fbeta_score,
    "kappaScore": class_metrics.kappa_score,
    "matthewsCorrcoef": class_metrics.matthews_corrcoef,
    "auroc": class_metrics.auroc,
    "accuracyThresh": label_metrics.accuracy_thresh,
    "fbeta": label_metrics.fbeta,
    "multiLabelFbeta": label_metrics.multi_label_fbeta,
    "foregroundAccuracy": pixel_metrics.foreground_accuracy,
    "dice": pixel_metrics.dice,
    "meanIou": pixel_metrics.mean_iou,
    "iouOfClass": pixel_metrics.iou_of_class,
    "meanSquaredError": number_metrics.mean_squared_error,
    "meanAbsoluteError": number_metrics.mean_absolute_error,
    "meanSquaredLogarithmicError": number_metrics.mean_squared_logarithmic_error,
    "rootMeanSquaredError": number_metrics.root_mean_squared_error,
    "expRmspe": number_metrics.exp_rmspe,
    "r2Score": number_metrics.r2_score,
    "explainedVariance": number_metrics.explained_variance,
    "pointDistance": point_metrics.point_distance,
    "pck": point_metrics.pck,
}
