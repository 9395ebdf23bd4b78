"""Records cleanlab's and scikit-learn's numbers for confidentLearning.test.ts: python cleanlab.py > cleanlab.json"""

import json
import sys

import numpy as np

# this file has the name of the library
sys.path = [place for place in sys.path if not place.rstrip("/").endswith("interpret")]
import cleanlab
import sklearn
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression

# the test makes the same
n, k = 90, 3
scores = np.array([[(i * (7 + 4 * c) * 31 % 97) / 97 + 0.7 * (i % k == c) for c in range(k)] for i in range(n)])
probabilities = np.exp(3 * scores) / np.exp(3 * scores).sum(1, keepdims=True)
labels = np.array([(i + (i % 11 == 0)) % k for i in range(n)])
features = np.array([[(i * (5 + 3 * f) * 17 % 89) / 89 + 0.3 * (i % k == f) for f in range(4)] for i in range(n)])
fitted = LogisticRegression(C=0.5, tol=1e-8, max_iter=1000).fit(features, labels)
print(
    json.dumps(
        {
            "versions": {"cleanlab": cleanlab.__version__, "scikit-learn": sklearn.__version__},
            "thresholds": get_confident_thresholds(labels, probabilities).tolist(),
            "joint": compute_confident_joint(labels, probabilities, calibrate=False).tolist(),
            "margins": get_label_quality_scores(labels, probabilities, method="normalized_margin").tolist(),
            "suspects": find_label_issues(
                labels, probabilities, filter_by="confident_learning", return_indices_ranked_by="normalized_margin"
            ).tolist(),
            "logistic": fitted.predict_proba(features).tolist(),
        }
    )
)
