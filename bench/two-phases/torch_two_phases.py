"""Two phases on a trained body in PyTorch: SqueezeNet 1.1 with fastai's head on a folder of train/ and valid/ images.

    python torch_two_phases.py FOLDER WEIGHTS RECIPE [--size 224] [--bs 64] [--seed 42]

WEIGHTS is safetensors with torchvision's keys, RECIPE the JSON that graft reads: freeze, unfreeze and fitOneCycle with a
rate or a slice of two (save is passed over). Images are scaled and cut as graft does, with Pillow's bilinear filter.
Prints one line of JSON: the accuracy on valid/ after every epoch of every fit, versions.
"""
import argparse
import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pytorch"))
from network import head, read_safetensors  # noqa: E402
from one_cycle import one_cycle  # noqa: E402
from torchvision.models import squeezenet1_1  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("folder", type=Path)
options.add_argument("weights", type=Path)
options.add_argument("recipe", type=Path)
options.add_argument("--size", type=int, default=224)
options.add_argument("--bs", type=int, default=64)
options.add_argument("--seed", type=int, default=42)
given = options.parse_args()

torch.manual_seed(given.seed)
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def square(file):
    """The side that falls short is scaled to the size, and the centre cut out."""
    image = Image.open(file).convert("RGB")
    ratio = min(image.width, image.height) / given.size
    image = image.resize((round(image.width / ratio), round(image.height / ratio)), Image.Resampling.BILINEAR)
    left, top = (image.width - given.size + 1) // 2, (image.height - given.size + 1) // 2
    return numpy.asarray(image.crop((left, top, left + given.size, top + given.size))).transpose(2, 0, 1)


def load(part):
    classes = sorted(folder.name for folder in (given.folder / "train").iterdir() if folder.is_dir())
    files = [(file, label) for label, name in enumerate(classes) for file in sorted((given.folder / part / name).iterdir())]
    pixels = torch.from_numpy(numpy.stack([square(file) for file, _ in files]))
    return (pixels.float() / 255 - MEAN) / STD, torch.tensor([label for _, label in files]), classes


def body():
    features = squeezenet1_1(weights=None).features
    prefix = "features."
    tensors = {key.removeprefix(prefix): t for key, t in read_safetensors(given.weights).items() if key.startswith(prefix)}
    features.load_state_dict(tensors)
    return features


train_x, train_y, classes = load("train")
valid_x, valid_y, _ = load("valid")
net = nn.Sequential(OrderedDict(body=body(), head=head(512, len(classes))))
# the groups of fastai's split of squeezenet
groups = [list(part.parameters()) for part in (net.body[:5], net.body[5:8], net.body[8:], net.head)]


def trains(first):
    for i, group in enumerate(groups):
        for parameter in group:
            parameter.requires_grad_(i >= first)


def rates(peak):
    """One for every group; those of a slice of two are evenly multiplied."""
    if not isinstance(peak, dict):
        return [peak] * len(groups)
    first, last = peak["slice"]
    return [first * (last / first) ** (i / (len(groups) - 1)) for i in range(len(groups))]


def optimiser():
    """fastai's AdamW, without moments; what does not train has no gradient, and so is neither moved nor decayed."""
    return torch.optim.AdamW([dict(params=group) for group in groups], betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01)


def accuracy():
    net.eval()
    with torch.inference_mode():
        hits = sum((net(x).argmax(1) == y).sum().item() for x, y in zip(valid_x.split(given.bs), valid_y.split(given.bs)))
    net.train()
    return hits / len(valid_y)


def fit_one_cycle(adamw, epochs, peak):
    batches = len(train_x) // given.bs
    peaks, accuracies = rates(peak), []
    for epoch in range(epochs):
        order = torch.randperm(len(train_x))
        for batch in range(batches):
            for group, largest in zip(adamw.param_groups, peaks):
                lr, beta1 = one_cycle(epoch * batches + batch, epochs * batches, largest)
                group["lr"], group["betas"] = lr, (beta1, 0.99)
            chosen = order[batch * given.bs : (batch + 1) * given.bs]
            adamw.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(net(train_x[chosen]), train_y[chosen]).backward()
            adamw.step()
        accuracies.append(accuracy())
    return accuracies


fits = []
adamw = optimiser()
net.train()
for step in json.loads(given.recipe.read_text()):
    if step["step"] in ("freeze", "unfreeze"):
        trains(len(groups) - 1 if step["step"] == "freeze" else 0)
        adamw = optimiser()
    elif step["step"] == "fitOneCycle":
        fits.append(fit_one_cycle(adamw, step["cycLen"], step["maxLr"]))
    elif step["step"] != "save":
        sys.exit(f"{given.recipe}: no {step['step']} here")

print(json.dumps(dict(accuracies=fits, versions=dict(torch=torch.__version__))))
