/** Training networks of the convolutions that tfjs has not whole, on the engines that must agree on them. */
import { describe, expect, it } from 'vitest'
import {
  arch,
  avgPool2d,
  batchNorm,
  conv2d,
  flatten,
  type Layer,
  linear,
  named,
  relu,
  sequential
} from '../../../src/model/index.js'
import { plan } from '../../../src/plan/index.js'
import { sgd } from '../../../src/recipe/index.js'
import { compile, type Engine, freshOptimiser, initialState } from '../../../src/engine/index.js'
import { right } from '../../io/workplace.js'
import { cpu, expectNear, numbers, ort } from '../engines.js'
import { plainly, told } from './networks.js'

const [images, channels, side, classes] = [4, 8, 8, 3]

const batch = { x: numbers(1, images * channels * side * side), y: Int32Array.of(0, 1, 2, 1), n: images }

/** Two steps of plain descent: the losses, and every number afterwards. */
const trained = (engine: Engine, layer: Layer, filters: number, output: number) => {
  const network = sequential(
    named('conv', layer),
    named('bn', batchNorm(filters)),
    relu,
    avgPool2d(output),
    flatten,
    named('fc', linear(filters, classes))
  )
  const planned = right(plan({ input: [channels, side, side] })(arch({ name: 'small', network })))
  const start = { state: initialState(planned, 1), optimiser: freshOptimiser }
  const program = right(compile(engine)(planned, start, { ...plainly, optimiser: sgd() }))
  try {
    const losses = [0, 1].map((step) => right(program.step(batch, { ...told, mom: 0, step })))
    return { start: start.state, losses, state: right(program.state()) }
  } finally {
    program.dispose()
  }
}

const cases: ReadonlyArray<readonly [name: string, layer: Layer, filters: number, output: number]> = [
  ['spread taps', conv2d(channels, 6, 3, { dilation: 2, padding: 2 }), 6, 8],
  ['spread taps beside strides', conv2d(channels, 6, 3, { dilation: 2, stride: 2, padding: 2 }), 6, 4],
  ['groups', conv2d(channels, 12, 3, { groups: 4, padding: 1 }), 12, 8],
  ['groups, spread and strided', conv2d(channels, 12, 3, { groups: 2, dilation: 2, stride: 2, padding: 2 }), 12, 4],
  ['a group to each channel, spread', conv2d(channels, 8, 3, { groups: 8, dilation: 2, padding: 2 }), 8, 8]
]

describe.each(cases)('a network with a convolution of %s', (_, layer, filters, output) => {
  it('trains on onnxruntime as on cpu, and no kernel falls back', () => {
    const before = ort.stats().fallbacks
    const [mine, theirs] = [trained(ort, layer, filters, output), trained(cpu, layer, filters, output)]
    expect(ort.stats().fallbacks).toEqual(before)
    expectNear(mine.losses, theirs.losses, 'training')
    for (const [path, values] of theirs.state) expectNear(mine.state.get(path)!, values, 'training')
    expect(mine.state.get('conv.weight')).not.toEqual(mine.start.get('conv.weight'))
    expect(mine.losses[1]).toBeLessThan(mine.losses[0]!)
  })
})
