/** Trainings whose losses graft's engine and its PyTorch program must agree on. */
import { pipe } from 'fp-ts/lib/function.js'
import { densenet121, resnet18, squeezenet1_1 } from '../../src/arch/index.js'
import {
  classification,
  imageRegression,
  multiLabel,
  points,
  regression,
  segmentation,
  type Task
} from '../../src/data/index.js'
import {
  arch,
  batchNormUnderFreeze,
  cut,
  type Freeze,
  freezeToGroup,
  head,
  type HeadOptions,
  type Model,
  nothingFrozen,
  splitOn,
  uncut,
  unet,
  type UnetOptions,
  withHead
} from '../../src/model/index.js'
import {
  adam,
  adamW,
  bceWithLogits,
  crossEntropy,
  focal,
  huber,
  l1,
  labelSmoothing,
  lamb,
  lion,
  mse,
  type Optimiser,
  rAdam,
  ranger,
  rmsprop,
  sgd,
  sigmoidFocal
} from '../../src/recipe/index.js'
import * as nn from '../../src/surface/nn.js'
import type { StepCase } from './stepCase.js'

const face = points(['leftEye', 'rightEye', 'nose'])
const frozen = freezeToGroup(-1)
const abc = classification(['a', 'b', 'c'])

const phase = (freeze: Freeze, steps: number, lr = 1e-3) => ({ freeze, lr, steps })

const resnet: StepCase = {
  model: pipe(resnet18, cut, withHead(head({ ps: 0 }))),
  input: [3, 64, 64],
  n: 12,
  task: abc,
  loss: crossEntropy(),
  phases: [phase(frozen, 3)]
}

/** A body of two stages, with a batch norm in each. */
const stages = arch({
  name: 'stages',
  network: nn.numbered(
    nn.sequential(
      nn.named('conv', nn.conv2d(3, 8, 3, { padding: 1, bias: false })),
      nn.named('bn', nn.batchNorm(8)),
      nn.relu
    ),
    nn.sequential(
      nn.named('conv', nn.conv2d(8, 16, 3, { stride: 2, padding: 1, bias: false })),
      nn.named('bn', nn.batchNorm(16)),
      nn.relu
    )
  )
})

const small = (options: Partial<HeadOptions> = {}): Model =>
  pipe(stages, uncut, withHead(head({ ps: 0, linFtrs: [12], ...options })), splitOn(['body.1', 'head']))

const tiny: StepCase = {
  model: small(),
  input: [3, 12, 12],
  n: 8,
  task: abc,
  loss: crossEntropy(),
  phases: [phase(nothingFrozen, 7)]
}

const picture = (task: Task, options: Partial<UnetOptions>): StepCase => ({
  ...tiny,
  model: pipe(stages, uncut, withHead(unet(options)), splitOn(['body.1', 'head'])),
  input: [3, 16, 20],
  n: 3,
  task,
  loss: task._tag === 'Segmentation' ? crossEntropy() : mse,
  phases: [phase(frozen, 2, 1e-4), phase(nothingFrozen, 2, 1e-4)]
})

const codes = segmentation(['a', 'b', 'c'])

/** Every layer that the other networks do not have. */
const zoo = arch({
  name: 'zoo',
  network: nn.numbered(
    nn.conv2d(3, 8, [3, 5], { padding: [1, 2], groups: 1, bias: false }),
    nn.relu6,
    nn.conv2d(8, 8, 3, { groups: 8, padding: 2, dilation: 2 }),
    nn.leakyRelu(0.1),
    nn.conv2d(8, 12, 3, { groups: 4, stride: 2 }),
    nn.squeezeExcite(12, 3),
    nn.maxPool2d(3, { stride: 2, ceilMode: true }),
    nn.padChannels(1, 3),
    nn.concat(nn.tanh, nn.sequential(nn.sigmoid, nn.scale(0.3)), nn.sigmoidRange(-1, 2)),
    nn.sum(nn.weightNorm(nn.conv2d(48, 48, 3, { padding: 1 })), nn.identity),
    nn.spectralNorm(nn.conv2d(48, 16, 3, { padding: 1 })),
    nn.selfAttention(16),
    nn.pixelShuffle(2),
    nn.blur,
    nn.resizeNearest([9, 7]),
    nn.avgPool2d(2, { ceilMode: true }),
    nn.dropout(0.3),
    nn.adaptiveMaxPool2d([3, 2]),
    nn.adaptiveAvgPool2d([2, 2])
  )
})

const optimisers: ReadonlyArray<Optimiser> = [
  adamW(),
  adam(),
  sgd({ momentum: 0.9, nesterov: true }),
  rmsprop({ momentum: 0.5 }),
  lamb(),
  lamb({ alwaysAdapt: true }),
  lion(),
  rAdam(),
  ranger({ k: 3 })
]

const byOptimiser = optimisers.flatMap((opt, i) =>
  [true, false].map((trueWd): readonly [string, StepCase] => [
    `${opt._tag} (${i}), trueWd ${trueWd}`,
    { ...tiny, opt, trueWd, wd: 0.1, phases: [phase(nothingFrozen, 7, 1e-2)] }
  ])
)

export const cases: Readonly<Record<string, StepCase>> = {
  'resnet18, frozen, then not': { ...resnet, phases: [phase(frozen, 5), phase(nothingFrozen, 5, 1e-5)] },
  'resnet18, statistics only': { ...resnet, model: pipe(resnet.model, batchNormUnderFreeze('statisticsOnly')) },
  'resnet18, stored statistics': { ...resnet, model: pipe(resnet.model, batchNormUnderFreeze('inference')) },
  squeezenet1_1: {
    ...resnet,
    model: pipe(squeezenet1_1, cut, withHead(head({ ps: 0 }))),
    opt: sgd({ momentum: 0.9 }),
    n: 6,
    phases: [phase(frozen, 2), phase(nothingFrozen, 2, 1e-5)]
  },
  densenet121: {
    ...resnet,
    model: pipe(densenet121, cut, withHead(head({ ps: 0 }))),
    opt: sgd({ momentum: 0.9 }),
    n: 6,
    phases: [phase(frozen, 2), phase(nothingFrozen, 2, 1e-5)]
  },
  'resnet18 U-Net, with masks': {
    ...picture(codes, {}),
    model: pipe(resnet18, cut, withHead(unet())),
    input: [3, 32, 32],
    n: 2,
    phases: [phase(frozen, 1, 1e-4), phase(nothingFrozen, 2, 1e-5)]
  },
  'U-Net, batch norms and weights of classes': {
    ...picture(codes, { normType: 'batchZero', blur: true, bottle: true }),
    loss: crossEntropy({ weight: [1, 2, 0.5], ignoreIndex: 1 })
  },
  'U-Net, weight norms, smoothed': {
    ...picture(codes, { normType: 'weight', lastCross: false }),
    loss: labelSmoothing(0.1, { weight: [1, 2, 0.5] })
  },
  'U-Net, spectral norms, focal': { ...picture(codes, { normType: 'spectral' }), loss: focal({ alpha: [1, 2, 0.5] }) },
  'U-Net for images, in a range': picture(imageRegression(), { yRange: [0, 1], normType: 'batch' }),
  zoo: {
    ...tiny,
    model: pipe(zoo, uncut, withHead(head({ ps: 0.4, linFtrs: [12] }))),
    input: [3, 21, 18],
    phases: [phase(nothingFrozen, 4)]
  },
  'several labels': { ...tiny, task: multiLabel(['a', 'b']), loss: bceWithLogits },
  'several labels, with weights': {
    ...tiny,
    task: multiLabel(['a', 'b']),
    loss: { _tag: 'BceWithLogits', posWeight: [3, 0.5] },
    weighted: true
  },
  'several labels, focal': { ...tiny, task: multiLabel(['a', 'b']), loss: sigmoidFocal({ gamma: 1.5 }) },
  numbers: { ...tiny, task: regression(2), loss: mse, weighted: true },
  points: { ...tiny, task: face, loss: mse },
  'points, with weights': { ...tiny, task: face, loss: mse, weighted: true },
  'points, absolute error': { ...tiny, task: face, loss: l1, accumulate: 2 },
  'points, Huber': { ...tiny, task: face, loss: huber({ delta: 0.3 }), weighted: true },
  'weights of classes and images': { ...tiny, loss: crossEntropy({ weight: [1, 3, 0.5] }), weighted: true },
  'smoothed, with weights': { ...tiny, loss: labelSmoothing(0.2, { weight: [1, 3, 0.5] }), weighted: true },
  focal: { ...tiny, loss: focal({ gamma: 0.5 }) },
  clipped: { ...tiny, clip: 0.05 },
  'decay by group, without norms': { ...tiny, wd: [0, 0.3, 0.1], bnWd: false },
  accumulated: {
    ...tiny,
    accumulate: 3,
    phases: [phase(nothingFrozen, 6)],
    loss: crossEntropy({ weight: [1, 3, 0.5] })
  },
  dropout: { ...tiny, model: small({ ps: 0.5 }) },
  ...Object.fromEntries(byOptimiser)
}
