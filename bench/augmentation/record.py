"""Records what torchvision's transforms do to two small images, with fixed parameters, for test/data/torchvision.test.ts.

    python3 bench/augmentation/record.py > test/data/torchvision.json

Images are Pillow's, so the results are those of torchvision's Pillow backend. Samples are in base64, row by row,
channels last. Needs torch, torchvision and Pillow.
"""

import base64
import json
import math

import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, RandAugment, RandomResizedCrop, TrivialAugmentWide
from torchvision.transforms import functional as F

height, width = 19, 23


def pixels(level):
    """An image whose sample (y, x, c) is given by a function of its position and a pseudo-random number."""
    state, data = 12345, bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(3):
                state = (state * 1103515245 + 12345) % 2**31
                data.append(level(y, x, c, state >> 16) % 256)
    return Image.frombytes("RGB", (width, height), bytes(data))


images = {
    "noise": pixels(lambda y, x, c, r: r),
    # few levels, far from both ends, and one channel of a single level
    "flat": pixels(lambda y, x, c, r: 77 if c == 1 else 60 + 2 * y + x + c * 20 + r % 7),
}


def packed(image):
    return {"height": image.height, "width": image.width, "data": base64.b64encode(image.tobytes()).decode()}


def drawn(tag, **parameters):
    return {"_tag": tag, **parameters}


nearest = {"interpolation": InterpolationMode.NEAREST}


def shear(image, x, y):
    degrees = [math.degrees(math.atan(x)), math.degrees(math.atan(y))]
    return F.affine(image, angle=0.0, translate=[0, 0], scale=1.0, shear=degrees, center=[0, 0], **nearest)


def translate(image, x, y):
    return F.affine(image, angle=0.0, translate=[x, y], scale=1.0, shear=[0.0, 0.0], **nearest)


factors = [0.0, 0.01, 0.71, 1.27, 1.99, 3.5]

operations = [
    *[(drawn("Shear", x=x, y=0), lambda i, x=x: shear(i, x, 0)) for x in [-0.99, -0.3, 0.033, 0.5]],
    *[(drawn("Shear", x=0, y=y), lambda i, y=y: shear(i, 0, y)) for y in [-0.66, 0.2, 0.99]],
    *[(drawn("Translate", x=x, y=y), lambda i, x=x, y=y: translate(i, x, y)) for x, y in [(5, 0), (-7, 0), (0, 3), (0, -30)]],
    *[(drawn("RotateNearest", degrees=d), lambda i, d=d: F.rotate(i, d, **nearest)) for d in [-135, -9, 0, 4.5, 30, 90, 180]],
    *[(drawn("AdjustBrightness", factor=f), lambda i, f=f: F.adjust_brightness(i, f)) for f in factors],
    *[(drawn("AdjustContrast", factor=f), lambda i, f=f: F.adjust_contrast(i, f)) for f in factors],
    *[(drawn("Colour", factor=f), lambda i, f=f: F.adjust_saturation(i, f)) for f in factors],
    *[(drawn("Sharpness", factor=f), lambda i, f=f: F.adjust_sharpness(i, f)) for f in factors],
    *[(drawn("Solarize", threshold=t), lambda i, t=t: F.solarize(i, t)) for t in [0, 76.5, 128, 256]],
    *[(drawn("Posterize", bits=b), lambda i, b=b: F.posterize(i, b)) for b in [0, 1, 3, 7, 8]],
    (drawn("Equalize"), F.equalize),
    (drawn("AutoContrast"), F.autocontrast),
    (drawn("Invert"), F.invert),
    *[
        (drawn("GaussianBlur", sigma=s, kernel=k), lambda i, s=s, k=k: F.gaussian_blur(i, [k, k], [s, s]))
        for s, k in [(0.1, 3), (0.5, 5), (1.3, 9), (2.0, 23)]
    ],
]

results = [
    {"image": name, "drawn": [transform], "result": packed(by(image))}
    for transform, by in operations
    for name, image in images.items()
    # a move does not depend on samples
    if name == "noise" or transform["_tag"] not in ["Shear", "Translate", "RotateNearest"]
]


def chained(image):
    return F.posterize(F.adjust_saturation(shear(image, 0.33, 0), 1.5), 4)


chain = [drawn("Shear", x=0.33, y=0), drawn("Colour", factor=1.5), drawn("Posterize", bits=4)]
results += [{"image": name, "drawn": chain, "result": packed(chained(image))} for name, image in images.items()]


def crop(seed, sides, scale, ratio, size):
    """A random resized crop with all that it drew. Positions are the middle of what is rounded down to them."""
    torch.manual_seed(seed)
    image = images["noise"].crop((0, 0, sides[1], sides[0]))
    low, high = [math.log(bound) for bound in ratio]
    scales, ratios, row, col = [], [], 0.5, 0.5
    for _ in range(10):
        scales.append(torch.empty(1).uniform_(*scale).item())
        ratios.append(torch.exp(torch.empty(1).uniform_(low, high)).item())
        w = int(round(math.sqrt(sides[0] * sides[1] * scales[-1] * ratios[-1])))
        h = int(round(math.sqrt(sides[0] * sides[1] * scales[-1] / ratios[-1])))
        if 0 < w <= sides[1] and 0 < h <= sides[0]:
            i = torch.randint(0, sides[0] - h + 1, size=(1,)).item()
            j = torch.randint(0, sides[1] - w + 1, size=(1,)).item()
            row, col = (i + 0.5) / (sides[0] - h + 1), (j + 0.5) / (sides[1] - w + 1)
            break
    torch.manual_seed(seed)
    box = RandomResizedCrop.get_params(image, scale, ratio)
    result = F.resized_crop(image, *box, list(size), InterpolationMode.BILINEAR, antialias=True)
    transform = drawn("RandomResizedCrop", scale=scales, ratio=ratios, row=row, col=col, within=list(ratio))
    return {"sides": sides, "drawn": [transform], "size": size, "box": box, "result": packed(result)}


crops = [
    *[crop(seed, (19, 23), (0.08, 1.0), (3 / 4, 4 / 3), (12, 12)) for seed in range(6)],
    crop(6, (19, 23), (0.9, 1.0), (0.5, 0.6), (8, 10)),
    # no draw fits: the centre
    crop(7, (4, 23), (0.9, 1.0), (3 / 4, 4 / 3), (6, 6)),
    crop(8, (19, 3), (0.9, 1.0), (3 / 4, 4 / 3), (6, 6)),
]


def space(policy, *arguments):
    named = policy._augmentation_space(31, *arguments)
    return {name: values.double().tolist() if values.ndim else [] for name, (values, _) in named.items()}


print(
    json.dumps(
        {
            "source": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}: bench/augmentation/record.py",
            "images": {name: packed(image) for name, image in images.items()},
            "results": results,
            "crops": crops,
            "trivialAugment": space(TrivialAugmentWide()),
            "randAugment": space(RandAugment(), (224, 331)),
        }
    )
)
