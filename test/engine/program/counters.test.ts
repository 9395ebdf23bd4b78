import * as tf from '@tensorflow/tfjs-core'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { densenet121, resnet18, squeezenet1_1, vgg11_bn } from '../../../src/arch/index.js'
import { classification, segmentation, type Task } from '../../../src/data/index.js'
import { compile, type EngineBatch, freshOptimiser, initialState, type Program } from '../../../src/engine/index.js'
import {
  type Arch,
  arch,
  batchNorm,
  conv2d,
  cut,
  freeze,
  head,
  maxPool2d,
  type Model,
  named,
  sequential,
  unet,
  withHead
} from '../../../src/model/index.js'
import { plan } from '../../../src/plan/index.js'
import { right } from '../../io/workplace.js'
import { numbers, ort } from '../engines.js'
import { plainly } from './networks.js'

const [side, images] = [64, 2]
const names = ['x', 'y']

const classifier = (a: Arch): Model => pipe(a, cut, withHead(head()))

interface Training {
  readonly program: Program
  readonly step: (k: number) => number
}

const training = (model: Model, task: Task = classification(names)): Training => {
  const planned = right(plan({ input: [3, side, side], task })(model))
  const labels = task._tag === 'Segmentation' ? images * side * side : images
  const batch: EngineBatch = {
    x: numbers(1, images * side * side * 3),
    y: Int32Array.from({ length: labels }, (_, i) => i % names.length),
    n: images
  }
  const start = { state: initialState(planned, 1), optimiser: freshOptimiser }
  const program = right(compile(ort)(planned, start, plainly))
  const lrs = Array.from({ length: planned.groups }, () => 1e-3)
  return { program, step: (k) => right(program.step(batch, { lrs, mom: 0.9, wd: 0.01, step: k })) }
}

const networks: ReadonlyArray<{ readonly name: string; readonly model: Model; readonly task?: Task }> = [
  { name: 'resnet18', model: classifier(resnet18) },
  { name: 'squeezenet1_1', model: classifier(squeezenet1_1) },
  { name: 'densenet121', model: classifier(densenet121) },
  { name: 'vgg11_bn', model: classifier(vgg11_bn) },
  { name: 'a U-Net on resnet18', model: pipe(resnet18, cut, withHead(unet())), task: segmentation(names) }
]

describe.each(networks)('training steps of $name', ({ model, task }) => {
  it('run no kernel on the cpu, and after the first need one run each, without tracing or compiling', () => {
    const { fallbacks } = ort.stats()
    const { program, step } = training(model, task)
    const losses = [step(0)]
    const first = ort.stats()
    losses.push(step(1), step(2))
    const { compiles, runs, recorded } = ort.stats()
    program.dispose()
    ort.dispose()
    expect(first.fallbacks).toEqual(fallbacks)
    expect({ compiles, runs, recorded }).toEqual({
      compiles: first.compiles,
      runs: first.runs + 2,
      recorded: first.recorded
    })
    expect(new Set(losses).size).toBe(3)
  })
})

/** How often a step's trace calls the kernels whose names end so. */
const calls = async (model: Model, ending: string): Promise<number> => {
  const { program, step } = training(model)
  const { kernels } = await ort.use(() => tf.profile(() => tf.scalar(step(0))))
  program.dispose()
  ort.dispose()
  return kernels.filter(({ name }) => name.endsWith(ending)).length
}

/** A body of three convolutions. */
const body = (isNormed: boolean): Arch =>
  arch({
    name: 'three',
    network: sequential(
      named('first', conv2d(3, 4, 3, { stride: 4 })),
      ...(isNormed ? [named('norm', batchNorm(4))] : []),
      named('second', conv2d(4, 4, 3)),
      named('third', conv2d(4, 8, 3)),
      named('pool', maxPool2d(2))
    )
  })

describe('a frozen body', () => {
  it('has no gradients of its filters, and none at all where it has nothing to train', async () => {
    // batch norms of a frozen body train, and gradients have to reach them
    const [normed, plain] = [classifier(body(true)), classifier(body(false))]
    expect(await calls(normed, 'BackpropFilter')).toBe(3)
    expect(await calls(freeze(normed), 'BackpropFilter')).toBe(0)
    expect(await calls(freeze(normed), 'BackpropInput')).toBe(2)
    expect(await calls(plain, 'BackpropInput')).toBe(2)
    expect(await calls(freeze(plain), 'BackpropInput')).toBe(0)
  })
})
