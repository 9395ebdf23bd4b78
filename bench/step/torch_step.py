"""Times one step, or one prediction, in PyTorch from the file that start.mjs wrote.

    python torch_step.py FILE --arch resnet18 --mode train|frozen|infer --steps 10 --threads 2

Prints the same line of JSON as graft_step.mjs.
"""
import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pytorch"))
from network import adamw, body, freeze_body, network, peak_rss_mb, read_safetensors  # noqa: E402
from unet import Unet  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("file")
options.add_argument("--arch", required=True)
options.add_argument("--mode", choices=["train", "frozen", "infer"], required=True)
options.add_argument("--steps", type=int, required=True)
options.add_argument("--warmup", type=int, default=2)
options.add_argument("--threads", type=int)
given = options.parse_args()

torch.manual_seed(0)
if given.threads:
    torch.set_num_threads(given.threads)


def read():
    """The file's numbers, and the batch."""
    tensors = read_safetensors(given.file)
    x, y = tensors.pop("x"), tensors.pop("y").long()
    return tensors, x.permute(0, 3, 1, 2).contiguous(), y


def start(net, tensors):
    missing, unexpected = net.load_state_dict(tensors, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)


tensors, x, y = read()
encoder = given.arch.removeprefix("unet_")
net = network(10, encoder) if encoder == given.arch else Unet(body(encoder)[0], 10, x.shape[-1]).train()
start(net, tensors)
if given.mode == "frozen":
    freeze_body(net)
net.train(given.mode != "infer")

started = time.perf_counter()
optimiser = None if given.mode == "infer" else adamw(net, 1e-3)


def step():
    if given.mode == "infer":
        with torch.inference_mode():
            return net(x)
    optimiser.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def flat(outputs):
    """Channels last, as graft has pixels."""
    return outputs.movedim(1, -1).flatten().tolist()


predictions = step()
first_step = time.perf_counter() - started

times = []
for i in range(given.warmup + given.steps):
    before = time.perf_counter()
    step()
    if i >= given.warmup:
        times.append(time.perf_counter() - before)
peak = peak_rss_mb()

if given.mode == "infer":
    answers = [flat(predictions)]
else:
    start(net, read()[0])
    net.eval()
    with torch.inference_mode():
        outputs = net(x)
        answers = [[nn.functional.cross_entropy(outputs, y).item()], flat(outputs)]

print(
    json.dumps(
        dict(
            firstStepMs=1000 * first_step,
            ms=1000 * statistics.median(times),
            peakRssMB=peak,
            answers=answers,
            threads=torch.get_num_threads(),
            versions=dict(torch=torch.__version__),
        )
    )
)
