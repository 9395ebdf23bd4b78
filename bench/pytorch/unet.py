"""fastai's U-Net with its defaults (no norm, no blur) on a body of direct children, with graft's parameter paths."""
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import interpolate


def conv_block(inputs, outputs, kernel=3, active=True):
    conv = nn.Conv2d(inputs, outputs, kernel, padding=(kernel - 1) // 2)
    nn.init.kaiming_normal_(conv.weight)
    nn.init.zeros_(conv.bias)
    return nn.Sequential(conv, *([nn.ReLU(inplace=True)] if active else []))


class Upsampled(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = conv_block(inputs, 4 * outputs, kernel=1, active=False)
        self.shuf = nn.PixelShuffle(2)

    def forward(self, x):
        return self.shuf(torch.relu(self.conv(x)))


class Block(nn.Module):
    def __init__(self, below, crossing, last):
        super().__init__()
        self.shuf = Upsampled(below, below // 2)
        self.bn = nn.BatchNorm2d(crossing)
        joined = below // 2 + crossing
        self.outputs = joined // 2 if last else joined
        self.conv1 = conv_block(joined, self.outputs)
        self.conv2 = conv_block(self.outputs, self.outputs)

    def forward(self, x, crossing):
        up = self.shuf(x)
        if up.shape[-2:] != crossing.shape[-2:]:
            up = interpolate(up, crossing.shape[-2:], mode="nearest")
        return self.conv2(self.conv1(torch.relu(torch.cat([up, self.bn(crossing)], 1))))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(conv_block(channels, channels), conv_block(channels, channels))

    def forward(self, x):
        return x + self.layers(x)


class Unet(nn.Module):
    def __init__(self, body, classes, size):
        super().__init__()
        self.body = body
        shapes, x = [], torch.zeros(1, 3, size, size)
        with torch.inference_mode():
            for child in body:
                x = child(x)
                shapes.append(x.shape)
        crossings = [i for i in range(len(shapes) - 1) if shapes[i][-1] != shapes[i + 1][-1]]
        self.crossings = crossings[::-1]
        channels = shapes[-1][1]
        middle = nn.Sequential(conv_block(channels, 2 * channels), conv_block(2 * channels, channels))
        head = OrderedDict([("1", nn.BatchNorm2d(channels)), ("3", middle)])
        for i, crossing in enumerate(self.crossings):
            block = Block(channels, shapes[crossing][1], last=i == len(crossings) - 1)
            head[str(4 + i)] = block
            channels = block.outputs
        self.blocks = range(4, 4 + len(crossings))
        after = 4 + len(crossings)
        self.numbered = [str(after + i) for i in (0, 2, 3)]
        up, residual, end = self.numbered
        head[up] = Upsampled(channels, channels)
        head[residual] = Residual(channels + 3)
        head[end] = conv_block(channels + 3, classes, kernel=1, active=False)
        self.head = nn.ModuleDict(head)

    def forward(self, image):
        outputs, x = [], image
        for child in self.body:
            x = child(x)
            outputs.append(x)
        x = self.head["3"](torch.relu(self.head["1"](x)))
        for i, crossing in zip(self.blocks, self.crossings):
            x = self.head[str(i)](x, outputs[crossing])
        up, residual, end = self.numbered
        x = self.head[up](x)
        if x.shape[-2:] != image.shape[-2:]:
            x = interpolate(x, image.shape[-2:], mode="nearest")
        return self.head[end](self.head[residual](torch.cat([x, image], 1)))
