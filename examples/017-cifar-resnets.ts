// Defines a family of architectures that the catalogue lacks: the ResNets for CIFAR-10 (He et al. 2015, section 4.2), with the
// names and shortcuts of github.com/akamaster/pytorch_resnet_cifar10, so that its trained weights can be loaded.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Arch,
  arch,
  archSummaryOf,
  classification,
  cut,
  freezeBody,
  head,
  imagenetInput,
  nn,
  plan,
  withHead
} from 'graft-vision'

const conv3x3 = (inChannels: number, outChannels: number, stride: number): nn.Layer =>
  nn.conv2d(inChannels, outChannels, 3, { stride, padding: 1, bias: false, weightInit: nn.kaimingNormal })

// option A of the paper, without parameters: takes every second pixel and pads channels with zeros on both sides
const shortcut = (inChannels: number, outChannels: number, stride: number): nn.Layer =>
  inChannels === outChannels && stride === 1
    ? nn.identity
    : nn.sequential(nn.avgPool2d(1, { stride }), nn.padChannels((outChannels - inChannels) / 2))

const block = (inChannels: number, outChannels: number, stride: number): nn.Layer =>
  nn.sequential(
    nn.sum(
      nn.sequential(
        nn.named('conv1', conv3x3(inChannels, outChannels, stride)),
        nn.named('bn1', nn.batchNorm(outChannels)),
        nn.relu,
        nn.named('conv2', conv3x3(outChannels, outChannels, 1)),
        nn.named('bn2', nn.batchNorm(outChannels))
      ),
      nn.named('shortcut', shortcut(inChannels, outChannels, stride))
    ),
    nn.relu
  )

const stage = (blocks: number, inChannels: number, outChannels: number, stride: number): nn.Layer =>
  nn.numbered(
    ...Array.from({ length: blocks }, (_, i) =>
      i === 0 ? block(inChannels, outChannels, stride) : block(outChannels, outChannels, 1)
    )
  )

/** A ResNet of `depth` 6·n + 2: three stages of n blocks with two convolutions each, and the first and last layers. */
export const cifarResnet = (depth: number): Arch => {
  const blocks = (depth - 2) / 6
  return arch({
    name: `cifar_resnet${depth}`,
    network: nn.sequential(
      nn.named('conv1', conv3x3(3, 16, 1)),
      nn.named('bn1', nn.batchNorm(16)),
      nn.relu,
      nn.named('layer1', stage(blocks, 16, 16, 1)),
      nn.named('layer2', stage(blocks, 16, 32, 2)),
      nn.named('layer3', stage(blocks, 32, 64, 2)),
      nn.adaptiveAvgPool2d(1),
      nn.flatten,
      nn.named('linear', nn.linear(64, 10, { weightInit: nn.kaimingNormal }))
    ),
    input: { ...imagenetInput, size: 32, crop: 1 },
    // cuts ignore unnamed children, so a cut before `linear` is a cut after `layer3`
    cut: 'linear',
    split: ['layer3']
  })
}

export const resnet20 = cifarResnet(20)
export const resnet32 = cifarResnet(32)
export const resnet44 = cifarResnet(44)
export const resnet56 = cifarResnet(56)

// the numbers of parameters that their page gives
assert.deepStrictEqual(
  [resnet20, resnet32, resnet44, resnet56].map(archSummaryOf).map(E.map(({ parameters }) => parameters)),
  [269_722, 464_154, 658_586, 853_018].map(E.right)
)

// to classify with trained weights: archPredictor(withWeights('resnet20-12fca82f.th')(resnet20)); to transfer them, cut the
// architecture and add a head, as for any other
const summary = archSummaryOf(resnet20)
assert(E.isRight(summary))
assert.deepStrictEqual(summary.right.body.output, [64, 8, 8])
assert.deepStrictEqual(summary.right.starts, ['body.layer3', 'head'])

const insects = classification(['ant', 'bee', 'wasp'])
const grafted = plan({ input: [3, 64, 64], task: insects })(pipe(resnet20, cut, withHead(head()), freezeBody))
assert(E.isRight(grafted))
assert.deepStrictEqual(grafted.right.output, [3])
