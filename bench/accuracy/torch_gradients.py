"""How far gradients of one training step without dropout are from those that PyTorch computes in float64.

    python torch_gradients.py FILE --arch resnet18 --threads 2 --gradients NAME=FILE ...

FILE is what start.mjs wrote, the others gradients by parameter. Prints one line of JSON: by NAME, and for PyTorch's own
float32, `whole`, the L2 distance of all gradients as one vector relative to its length, and `worst`, the largest such
distance of one parameter.
"""
import argparse
import json
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pytorch"))
from network import network, read_safetensors  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("file")
options.add_argument("--arch", required=True)
options.add_argument("--threads", type=int)
options.add_argument("--gradients", nargs="*", default=[])
given = options.parse_args()
if given.threads:
    torch.set_num_threads(given.threads)


def gradients(dtype):
    """In float64 everything that is not a starting number is computed in float64."""
    net = network(10, given.arch, p=0.0).to(dtype)
    tensors = read_safetensors(given.file)
    x, y = tensors.pop("x").to(dtype), tensors.pop("y").long()
    missing, unexpected = net.load_state_dict(tensors, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    nn.functional.cross_entropy(net(x.permute(0, 3, 1, 2).contiguous()), y).backward()
    return {name: parameter.grad.double() for name, parameter in net.named_parameters()}


exact = gradients(torch.float64)


def distance(found):
    assert found.keys() == exact.keys(), found.keys() ^ exact.keys()
    squares = {name: ((found[name].double() - g) ** 2).sum() for name, g in exact.items()}
    whole = (sum(squares.values()) / sum((g**2).sum() for g in exact.values())).sqrt()
    by_name = {name: (squares[name] / (g**2).sum()).sqrt().item() for name, g in exact.items() if (g != 0).any()}
    worst = max(by_name, key=by_name.get)
    return dict(whole=whole.item(), worst=by_name[worst], where=worst)


distances = {"torch": distance(gradients(torch.float32))}
for pair in given.gradients:
    name, file = pair.split("=", 1)
    distances[name] = distance(read_safetensors(file))
print(json.dumps(distances))
