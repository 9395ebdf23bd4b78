import * as tf from '@tensorflow/tfjs-core'
import { Recipe } from 'graft-vision'
import { train } from 'graft-vision/node'
import { expect, it } from 'vitest'
import { right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'
import { rssGrowth } from './tolerances.js'

it('is as large after 60 epochs as after 20: resident memory, and tensors to the last one', async () => {
  const resident: Array<number> = []
  const tensors: Array<number> = []
  const env = await envWith('onnxruntime', (event) => () => {
    if (event._tag === 'EpochEnd') {
      resident.push(process.memoryUsage.rss())
      tensors.push(tf.memory().numTensors)
    }
    return 'continue'
  })
  const start = right(await tinyLearner(drawn(workplace()))(env)())
  right(await train(Recipe.fit(60, 1e-3))(start)(env)())
  const most = (from: number, to: number): number => Math.max(...resident.slice(from, to))
  expect(new Set(tensors).size).toBe(1)
  expect(most(40, 60) - most(10, 20)).toBeLessThan(rssGrowth)
})
