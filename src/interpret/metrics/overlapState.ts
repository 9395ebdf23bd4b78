/** Intersection over union of each class over the pixels of an epoch. */
import { type MetricBatch, metricState, type MetricState } from '../Metric.js'
import { eachPixel } from './eachPixel.js'

interface Overlap {
  readonly both: ReadonlyArray<number>
  readonly either: ReadonlyArray<number>
}

const overlaps = ({ both, either }: Overlap, batch: MetricBatch): Overlap => {
  const [shared, all] = [[...both], [...either]]
  eachPixel(batch, (predicted, target) => {
    all[target]!++
    if (predicted === target) shared[target]!++
    else all[predicted]!++
  })
  return { both: shared, either: all }
}

/** The state of a metric that is computed from the IoU of each class. */
export const overlapState = (classes: number, done: (ious: ReadonlyArray<number>) => number): MetricState =>
  metricState<Overlap>({
    init: { both: Array<number>(classes).fill(0), either: Array<number>(classes).fill(0) },
    step: overlaps,
    done: ({ both, either }) => done(both.map((shared, i) => shared / either[i]!))
  })
