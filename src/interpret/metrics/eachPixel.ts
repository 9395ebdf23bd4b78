/** The pixels of segmentation: the rows of a batch, image after image. */
import { argMax } from '../argMax.js'
import type { MetricBatch } from '../Metric.js'

/** Calls a function with prediction and target of each pixel that is not ignored; `image` counts from 0. */
export const eachPixel = (
  { outputs, width, targets, n, perImage = 1 }: MetricBatch,
  f: (predicted: number, target: number, image: number) => void
): void => {
  for (let i = 0; i < n; i++)
    if (targets[i]! >= 0) f(argMax(outputs, i * width, width), targets[i]!, Math.floor(i / perImage))
}
