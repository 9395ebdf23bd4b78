"""Records scikit-learn's and statsmodels' numbers for curves.test.ts: python scikit.py > scikit.json"""

import json

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve
from statsmodels.stats.proportion import proportion_confint

# with ties: the test makes the same
scores = np.array([(i * 37 % 23) / 23 for i in range(60)])
actual = np.array([(i * 53 % 17) + (i * 37 % 23) / 3 > 12 for i in range(60)])

fpr, tpr, _ = roc_curve(actual, scores, drop_intermediate=False)
precision, recall, thresholds = precision_recall_curve(actual, scores)
right, confidence = calibration_curve(actual, scores, n_bins=10)
print(
    json.dumps(
        {
            "fpr": fpr.tolist(),
            "tpr": tpr.tolist(),
            "auc": auc(fpr, tpr),
            # scikit-learn's rise with the threshold and end with (1, 0)
            "precision": precision[-2::-1].tolist(),
            "recall": recall[-2::-1].tolist(),
            "average_precision": average_precision_score(actual, scores),
            "accuracies": right.tolist(),
            "confidences": confidence.tolist(),
            "wilson": [
                [hits, n, *proportion_confint(hits, n, method="wilson")] for hits, n in [[0, 5], [3, 5], [5, 5], [95, 100]]
            ],
        },
        indent=1,
    )
)
