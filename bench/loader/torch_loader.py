"""Images a second of PyTorch's DataLoader over a folder of class folders.

    python torch_loader.py FOLDER [--augment] [--size 224] [--bs 32] [--workers 2] [--epochs 2]

Images are resized by Pillow's bilinear filter and cut to a square; with --augment they go through what graft's
getTransforms() does, in torchvision's terms. Prints one line of JSON: seconds and images of the epochs after the first.
"""
import argparse
import json
import time

import torch
from torchvision import datasets
from torchvision import transforms as T

options = argparse.ArgumentParser()
options.add_argument("folder")
options.add_argument("--augment", action="store_true")
options.add_argument("--size", type=int, default=224)
options.add_argument("--bs", type=int, default=32)
options.add_argument("--workers", type=int, default=2)
options.add_argument("--epochs", type=int, default=2)
given = options.parse_args()

torch.manual_seed(0)
bilinear = T.InterpolationMode.BILINEAR


def sometimes(transform):
    return T.RandomApply([transform], p=0.75)


augmented = [
    T.Resize(given.size, interpolation=bilinear),
    T.RandomCrop(given.size),
    T.RandomHorizontalFlip(),
    sometimes(T.RandomPerspective(distortion_scale=0.2, p=1, interpolation=bilinear)),
    sometimes(T.RandomAffine(degrees=10, scale=(1, 1.1), interpolation=bilinear)),
    sometimes(T.ColorJitter(brightness=0.2, contrast=0.2)),
]
plain = [T.Resize(given.size, interpolation=bilinear), T.CenterCrop(given.size)]
stats = T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

if __name__ == "__main__":
    steps = T.Compose([*(augmented if given.augment else plain), T.ToTensor(), stats])
    loader = torch.utils.data.DataLoader(
        datasets.ImageFolder(given.folder, steps),
        batch_size=given.bs,
        shuffle=True,
        drop_last=True,
        num_workers=given.workers,
        persistent_workers=given.workers > 0,
    )
    images, start = 0, 0.0
    for epoch in range(given.epochs + 1):
        if epoch == 1:
            start = time.perf_counter()
        for x, _ in loader:
            images += x.shape[0] if epoch > 0 else 0
    print(json.dumps({"seconds": time.perf_counter() - start, "images": images, "torch": torch.__version__}))
