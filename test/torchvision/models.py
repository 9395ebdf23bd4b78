"""Draws the numbers of a torchvision network, saves them, and what they give: called by run.cjs.

models.py FOLDER NAME SEED IMAGES SIDE...: weights.pth, x<side> and y<side> for each side, and trained.pth, the network
after a forward pass in training at the first side. Prints how far torch's own outputs are from those in float64, as a
part of the largest: what rounding alone does to such a network.
"""

import sys
from pathlib import Path

import torch
import torchvision
from torchvision.models.resnet import BasicBlock, Bottleneck

folder, name, seed, images = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sides = [int(side) for side in sys.argv[5:]]
torch.manual_seed(seed)
model = torchvision.models.get_model(name, weights=None)
norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
for norm in norms:
    torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
    torch.nn.init.normal_(norm.bias, 0, 0.1)
# a residual branch is damped, as training damps it: else each of many blocks doubles what rounding did before it
for block in model.modules():
    if isinstance(block, (BasicBlock, Bottleneck)):
        last = block.bn3 if isinstance(block, Bottleneck) else block.bn2
        with torch.no_grad():
            last.weight.mul_(0.2)
inputs = {side: torch.randn(images, 3, side, side) for side in sides}

# statistics of other images, so that activations keep their size as in a trained network; momentum 1 keeps nothing else
for norm in norms:
    norm.momentum = 1.0
with torch.no_grad():
    model.train()(torch.randn(8, 3, sides[-1], sides[-1]))
for norm in norms:
    norm.momentum = 0.1

torch.save(model.state_dict(), folder / "weights.pth")
with torch.no_grad():
    model.eval()
    outputs = {side: model(x) for side, x in inputs.items()}
    model.train()(inputs[sides[0]])
    torch.save(model.state_dict(), folder / "trained.pth")
    model.load_state_dict(torch.load(folder / "weights.pth"))
    model.eval().double()
    apart = 0.0
    for side, x in inputs.items():
        x.numpy().tofile(folder / f"x{side}")
        outputs[side].numpy().tofile(folder / f"y{side}")
        exact = model(x.double())
        apart = max(apart, ((outputs[side] - exact).abs().max() / exact.abs().max()).item())
print(apart)
