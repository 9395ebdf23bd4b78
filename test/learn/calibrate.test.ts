import { join } from 'node:path'
import { reliability } from 'graft-vision'
import {
  calibrate,
  exportLearner,
  getPreds,
  type GraftEnv,
  type Learner,
  loadLearner,
  loadPredictor,
  predictAll,
  type Prediction,
  predictorOf
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, tinyLearner } from './tiny.js'

const folder = workplace()
let env: GraftEnv
let l: Learner
let pictures: ReadonlyArray<string>

beforeAll(async () => {
  env = await envWith('onnxruntime')
  l = right(await tinyLearner(drawn(folder))(env)())
  pictures = l.data.valid.items.map(({ file }) => join(l.data.root, file))
})

const predicted = async (of: Learner, options = {}): Promise<ReadonlyArray<Prediction>> =>
  right(await predictAll(pictures, options)(predictorOf(of))(env)())

describe('calibrate', () => {
  it('divides raw outputs by the temperature wherever probabilities are computed', async () => {
    const calibrated = right(await calibrate()(l)(env)())
    const { scaling } = predictorOf(calibrated).calibration!
    const [before, after] = [await predicted(l), await predicted(calibrated)]
    const logOdds = (p: Prediction): number => Math.log(p.probabilities[0]! / p.probabilities[1]!)
    before.forEach((p, i) => expect(logOdds(after[i]!)).toBeCloseTo(logOdds(p) / scaling!.temperature, 3))
    const { preds, targets } = right(await getPreds()(calibrated)(env)())
    preds.flat().forEach((p, i) => expect(p).toBeCloseTo(after[Math.floor(i / 2)]!.probabilities[i % 2]!, 4))
    const nll = preds.reduce((sum, row, i) => sum - Math.log(row[targets[i] as number]!), 0) / preds.length
    expect(nll).toBeCloseTo(scaling!.after.nll, 5)
    expect(scaling!.after.nll).toBeLessThan(scaling!.before.nll)
    const hits = preds.map((row, i) => row.indexOf(Math.max(...row)) === targets[i])
    const { ece } = reliability(
      preds.map((row) => Math.max(...row)),
      hits
    )
    expect(ece).toBeCloseTo(scaling!.after.ece, 5)
  })

  it.each(['probability', 'energy', 'knn'] as const)(
    'answers the wanted share of images, by %s, also after an export',
    async (by) => {
      const calibrated = right(await calibrate({ abstain: { by, coverage: 0.75, k: 3 } })(l)(env)())
      const answers = await predicted(calibrated, { bs: 7 })
      const none = answers.filter(({ abstained }) => abstained !== undefined)
      expect(answers.length - none.length).toBe(18)
      expect(none[0]).toMatchObject({ class: 'none of these', labels: [], abstained: { _tag: 'NoneOfThese', by } })
      expect(none.every(({ abstained }) => abstained!.certainty < abstained!.threshold)).toBe(true)
      const at = join(folder, by)
      right(await exportLearner(at)(calibrated)(env)())
      const loaded = right(await loadPredictor(at)(env)())
      expect(loaded.calibration).toEqual(predictorOf(calibrated).calibration)
      expect(right(await predictAll(pictures, { bs: 7 })(loaded)(env)())).toEqual(answers)
      // an export of an export keeps it
      const again = right(await loadLearner(at)(env)())
      expect(predictorOf(again).calibration).toEqual(loaded.calibration)
    }
  )

  it('is not used after further training', async () => {
    const calibrated = right(await calibrate()(l)(env)())
    expect(predictorOf({ ...calibrated, state: new Map(l.state) }).calibration).toBeUndefined()
  })

  it.each([
    [{ temperature: false }, 'calibrate'],
    [{ abstain: { coverage: 0 } }, 'abstain.coverage'],
    [{ abstain: { coverage: 1.5 } }, 'abstain.coverage'],
    [{ abstain: { by: 'knn', k: 0.5 } }, 'abstain.k']
  ] as const)('rejects %j', async (options, path) => {
    expect(left(await calibrate(options)(l)(env)())).toMatchObject({ _tag: 'SettingError', path })
  })
})
