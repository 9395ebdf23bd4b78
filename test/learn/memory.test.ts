import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as tf from '@tensorflow/tfjs-core'
import { Recipe } from 'graft-vision'
import { train } from 'graft-vision/node'
import { expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'
import { rssGrowth } from './tolerances.js'

// What is dead and not yet collected comes and goes by tens of MiB: what is measured is what is kept.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collecting takes as long as an epoch. */
const isMeasured = (epoch: number): boolean => (epoch >= 10 && epoch < 20) || epoch >= 45

it('uses as much memory and as many tensors after 60 epochs as after 20', async () => {
  const resident: Array<number> = []
  const tensors: Array<number> = []
  const env = await envWith('onnxruntime', (event) => () => {
    if (event._tag === 'EpochEnd') {
      if (isMeasured(event.epoch)) collect()
      resident.push(process.memoryUsage.rss())
      tensors.push(tf.memory().numTensors)
    }
    return 'continue'
  })
  const start = right(await tinyLearner(drawn(workplace()))(env)())
  right(await train(Recipe.fit(60, 1e-3))(start)(env)())
  // the least of several epochs: on a busy machine what was collected is given back late
  const least = (from: number, to: number): number => Math.min(...resident.slice(from, to))
  expect(new Set(tensors).size).toBe(1)
  expect(least(45, 60) - least(10, 20)).toBeLessThan(rssGrowth)
})

it('compiles nothing after the first epoch, for any schedule', async () => {
  const compiles: Array<number> = []
  const env = await envWith('onnxruntime', (event) => () => {
    if (event._tag === 'EpochEnd') compiles.push(env.engine.stats().compiles)
    return 'continue'
  })
  const start = right(await tinyLearner(drawn(workplace()))(env)())
  env.engine.dispose()
  const before = env.engine.stats().compiles
  right(await train(Recipe.fitOneCycle(4, 1e-2))(start)(env)())
  expect(compiles[0]).toBeGreaterThan(before)
  expect(compiles).toEqual(Array(4).fill(compiles[0]))
})
