"""The main job in PyTorch: ResNet-18 from scratch with fastai's head on a folder of train/ and valid/ images.

    python torch_main_job.py FOLDER [--epochs 1] [--lr 1e-3] [--bs 64] [--seed 0] [--batches N]

One cycle of AdamW as fastai has it (beta1 moves against the rate), ImageNet statistics, images decoded once. Prints one
line of JSON: accuracy on valid/, seconds of the training loop, mean seconds per step, batches, threads, versions.
"""
import argparse
import json
import sys
import time
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pytorch"))
from network import adamw, network  # noqa: E402
from one_cycle import one_cycle  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("folder", type=Path)
options.add_argument("--epochs", type=int, default=1)
options.add_argument("--lr", type=float, default=1e-3)
options.add_argument("--bs", type=int, default=64)
options.add_argument("--seed", type=int, default=0)
options.add_argument("--batches", type=int, default=0, help="stop after so many, for a quick look")
given = options.parse_args()

torch.manual_seed(given.seed)
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def load(part):
    classes = sorted(folder.name for folder in (given.folder / "train").iterdir() if folder.is_dir())
    files = [(file, label) for label, name in enumerate(classes) for file in sorted((given.folder / part / name).iterdir())]
    pixels = [numpy.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1) for file, _ in files]
    return torch.from_numpy(numpy.stack(pixels)), torch.tensor([label for _, label in files]), classes


def images(pixels):
    return (pixels.float() / 255 - MEAN) / STD


train_x, train_y, classes = load("train")
valid_x, valid_y, _ = load("valid")
net = network(len(classes))
optimiser = adamw(net, given.lr)
per_epoch = len(train_x) // given.bs
total = per_epoch * given.epochs
stop = min(total, given.batches or total)

net.train()
started = time.perf_counter()
k = 0
while k < stop:
    order = torch.randperm(len(train_x))
    for batch in range(per_epoch):
        if k == stop:
            break
        chosen = order[batch * given.bs : (batch + 1) * given.bs]
        lr, beta1 = one_cycle(k, total, given.lr)
        for group in optimiser.param_groups:
            group["lr"], group["betas"] = lr, (beta1, 0.99)
        optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(net(images(train_x[chosen])), train_y[chosen])
        loss.backward()
        optimiser.step()
        loss.item()
        k += 1
seconds = time.perf_counter() - started

net.eval()
with torch.inference_mode():
    hits = sum(
        (net(images(x)).argmax(1) == y).sum().item() for x, y in zip(valid_x.split(given.bs), valid_y.split(given.bs))
    )

print(
    json.dumps(
        dict(
            accuracy=hits / len(valid_y),
            train_s=round(seconds, 3),
            step_s=round(seconds / max(1, k), 5),
            batches=k,
            threads=torch.get_num_threads(),
            versions=dict(torch=torch.__version__),
        )
    )
)
