"""Times one step of ResNet-18 with fastai's head in PyTorch on the numbers and the batch that graft_step.mjs wrote.

    python torch_step.py FILE [--mode train|frozen|infer] [--steps 10] [--warmup 3]

Prints one line of JSON: the loss in evaluation mode before any step, the seconds of every step, threads, versions.
"""
import argparse
import json
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pytorch"))
from network import adamw, freeze_body, network, read_safetensors  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("file")
options.add_argument("--mode", choices=["train", "frozen", "infer"], default="train")
options.add_argument("--steps", type=int, default=10)
options.add_argument("--warmup", type=int, default=3)
given = options.parse_args()

torch.manual_seed(0)
tensors = read_safetensors(given.file)
x, y = tensors.pop("x"), tensors.pop("y").long()
net = network(tensors["head.8.weight"].shape[0])
missing, unexpected = net.load_state_dict(tensors, strict=False)
assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
if given.mode == "frozen":
    freeze_body(net)

net.eval()
with torch.inference_mode():
    loss = nn.functional.cross_entropy(net(x), y).item()

net.train(given.mode != "infer")
optimiser = adamw(net, 1e-3)


def step():
    if given.mode == "infer":
        with torch.inference_mode():
            return net(x)
    optimiser.zero_grad(set_to_none=True)
    result = nn.functional.cross_entropy(net(x), y)
    result.backward()
    optimiser.step()
    return result.item()


seconds = []
for i in range(given.warmup + given.steps):
    started = time.perf_counter()
    step()
    if i >= given.warmup:
        seconds.append(round(time.perf_counter() - started, 6))

print(
    json.dumps(
        dict(loss=loss, seconds=seconds, threads=torch.get_num_threads(), versions=dict(torch=torch.__version__))
    )
)
