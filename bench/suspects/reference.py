"""The recall of exchanged labels by scikit-learn's logistic regression and cleanlab's ranking: reference.py FEATURES.json"""

import json
import sys

import numpy as np
from cleanlab.filter import find_label_issues
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = json.load(open(sys.argv[1]))
x, y, exchanged = np.array(data["features"]), np.array(data["labels"]), np.array(data["exchanged"])


def recall(c):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")
    found = find_label_issues(y, p, filter_by="confident_learning", return_indices_ranked_by="normalized_margin")
    return float(exchanged[found[: round(len(y) / 10)]].sum() / exchanged.sum())


print(json.dumps({f"C={c}": recall(c) for c in (1, 0.01)}))
