"""Writes twelve steps of one parameter by RAdam (torch), Lion (timm) and Ranger as JSON, in double precision.

    python bench/optimisers/record.py > test/engine/recordedSteps.json

Needs torch and timm. Ranger is torch's RAdam with decoupled weight decay inside the lookahead of Zhang et al. 2019.
"""

import json

import torch
from timm.optim import Lion

PARAMETER = [0.5, -0.25, 1, -2, 0.125, 0.75]
STEPS = 12
LR = 0.05


def gradient(step):
    """Distinct numbers of both signs, with a few zeros."""
    return [round(((7 * step + 5 * i) % 13 - 6) / 10, 1) for i in range(6)]


def recorded(make, wd, lookahead=None):
    p = torch.nn.Parameter(torch.tensor(PARAMETER, dtype=torch.float64).reshape(2, 3))
    optimiser = make([p], LR, wd)
    slow, rows = p.detach().clone(), []
    for t in range(1, STEPS + 1):
        p.grad = torch.tensor(gradient(t), dtype=torch.float64).reshape(2, 3)
        optimiser.step()
        if lookahead and t % lookahead[0] == 0:
            slow += lookahead[1] * (p.detach() - slow)
            p.data.copy_(slow)
        rows.append([round(x, 10) for x in p.detach().flatten().tolist()])
    return rows


def radam(betas, eps, decoupled):
    return lambda ps, lr, wd: torch.optim.RAdam(
        ps, lr, betas=betas, eps=eps, weight_decay=wd, decoupled_weight_decay=decoupled
    )


def lion(betas):
    return lambda ps, lr, wd: Lion(ps, lr, betas=betas, weight_decay=wd)


CASES = [
    ({"lion": {}}, 0, lion((0.9, 0.99)), None),
    ({"lion": {"betas": [0.6, 0.9]}}, 0.1, lion((0.6, 0.9)), None),
    ({"rAdam": {}}, 0, radam((0.9, 0.999), 1e-8, True), None),
    ({"rAdam": {"betas": [0.8, 0.9], "eps": 1e-3}}, 0.1, radam((0.8, 0.9), 1e-3, True), None),
    ({"ranger": {}}, 0, radam((0.95, 0.99), 1e-6, True), (6, 0.5)),
    ({"ranger": {"betas": [0.9, 0.9], "k": 4, "alpha": 0.8}}, 0.1, radam((0.9, 0.9), 1e-6, True), (4, 0.8)),
]

print(
    json.dumps(
        {
            "source": f"torch {torch.__version__.split('+')[0]}, timm's Lion; bench/optimisers/record.py",
            "lr": LR,
            "parameter": PARAMETER,
            "gradients": [gradient(t) for t in range(1, STEPS + 1)],
            "cases": [
                {"optimiser": o, "wd": wd, "parameters": recorded(make, wd, lookahead)}
                for o, wd, make, lookahead in CASES
            ],
        },
        indent=1,
    )
)
