"""Networks with fastai's head in PyTorch: the reference side of the benchmarks, with graft's parameter paths."""
import json
import struct
from collections import OrderedDict

import torch
from torch import nn

# torchvision's own C++ operators are absent from some CPU builds, and no network here uses them
_register_fake = torch.library.register_fake
torch.library.register_fake = lambda *args, **kwargs: (lambda f: f)
from torchvision.models import get_model  # noqa: E402

torch.library.register_fake = _register_fake


class ConcatPool(nn.Module):
    def forward(self, x):
        largest = nn.functional.adaptive_max_pool2d(x, 1)
        return torch.cat([largest, nn.functional.adaptive_avg_pool2d(x, 1)], 1)


def head(features, classes, hidden=512, p=0.5):
    dropout = lambda p: [nn.Dropout(p)] if p > 0 else []  # noqa: E731, as fastai, which leaves out what does nothing
    layers = nn.Sequential(
        ConcatPool(),
        nn.Flatten(),
        nn.BatchNorm1d(2 * features),
        *dropout(p / 2),
        nn.Linear(2 * features, hidden),
        nn.ReLU(inplace=True),
        nn.BatchNorm1d(hidden),
        *dropout(p),
        nn.Linear(hidden, classes),
    )
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    return layers


def body(arch):
    """torchvision's network (its initialisation, nothing pretrained), cut where fastai cuts it; its channels."""
    children = list(get_model(arch, weights=None).named_children())
    cut = nn.Sequential(OrderedDict(children[: -2 if "resne" in arch else -1])).eval()
    with torch.inference_mode():
        return cut, cut(torch.zeros(1, 3, 64, 64)).shape[1]


def network(classes, arch="resnet18", p=0.5):
    """Body and head (Kaiming normal, zero bias); `p` as `ps` of fastai's head."""
    cut, features = body(arch)
    return nn.Sequential(OrderedDict(body=cut, head=head(features, classes, p=p))).train()


def freeze_body(net):
    """fastai's freeze: batch norms of the body train on."""
    for module in net.body.modules():
        if not isinstance(module, nn.BatchNorm2d):
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad_(False)


def adamw(net, lr, wd=0.01):
    """fastai's betas; weight decay decoupled, on every parameter that trains."""
    parameters = [p for p in net.parameters() if p.requires_grad]
    return torch.optim.AdamW(parameters, lr=lr, betas=(0.9, 0.99), eps=1e-8, weight_decay=wd)


def read_safetensors(path):
    """float32 tensors only, which is what the benchmarks write."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            flat = torch.frombuffer(data, dtype=torch.float32, count=(end - start) // 4, offset=start)
            tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def peak_rss_mb():
    """The most memory this process has held so far, as Linux counts it."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
