/**
 * Views of batches as JSON: `{ "mixup": { "alpha": 0.2 } }`, `{ "cutmix": {} }`, `{ "randomErasing": { "p": 0.5 } }`.
 *
 * @since 0.1.0
 */
import { type BatchView, cutmix, mixup, randomErasing } from '../../data/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

/** The schema of views of batches; a learner checks their ranges. */
export const batchViewSchema = makeSchema((g) =>
  g.keyed({
    mixup: g.object({}, { alpha: g.number }),
    cutmix: g.object({}, { alpha: g.number }),
    randomErasing: g.object(
      {},
      { p: g.number, area: g.pair(g.number), aspect: g.pair(g.number), fill: g.literal('mean', 'zero', 'noise') }
    )
  })
)

/** The view of a JSON form. */
export const batchViewFrom = (json: TypeOf<typeof batchViewSchema>): BatchView => {
  if ('mixup' in json) return mixup(json.mixup.alpha)
  return 'cutmix' in json ? cutmix(json.cutmix.alpha) : randomErasing(json.randomErasing)
}

/** The JSON form of a view, with all of its parameters. */
export const batchViewTo = (view: BatchView): TypeOf<typeof batchViewSchema> => {
  switch (view._tag) {
    case 'MixUp':
      return { mixup: { alpha: view.alpha } }
    case 'CutMix':
      return { cutmix: { alpha: view.alpha } }
    case 'RandomErasing': {
      const { _tag, ...options } = view
      return { randomErasing: options }
    }
  }
}
