/**
 * Recipes as JSON: a list of steps with the names and fields of the recipe's words.
 *
 *     [{ "step": "fitOneCycle", "cycLen": 1, "maxLr": 1e-3 }, { "step": "unfreeze" },
 *      { "step": "fitOneCycle", "cycLen": 3, "maxLr": { "slice": [1e-5, 1e-3] } }, { "step": "save", "name": "done" }]
 *
 * Steps such as `fineTune` are read as the steps that they stand for, and written as those.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { freezeToGroup } from '../../model/index.js'
import { Recipe as R } from '../../recipe/index.js'
import { codec, differing } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { composedFrom, composedSteps } from './composedSteps.js'
import { decaySchema, ratesFrom, ratesSchema, ratesTo } from './Rates.js'
import { scheduleFrom, scheduleSchema, scheduleTo } from './Schedule.js'
import { settingsTo, stepSettings, withSettings } from './StepSettings.js'
import { watcherRefusals } from './Watcher.js'

/**
 * The schema of recipes. Epochs are integers. `checkRecipe` checks ranges; those of steps such as `fineTune`, which are read
 * as several steps or as a schedule, are checked here.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.recipeSchema)([{ step: 'unfreeze' }])._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const recipeSchema = makeSchema((g) => {
  const nothing = g.object({}, {})
  const name = g.object({ name: g.string }, {})
  const whole = g.whole(-Infinity)
  return g.list(
    g.tagged('step')({
      fit: g.object({ epochs: whole }, { lr: ratesSchema(g), wd: decaySchema(g), ...stepSettings(g) }),
      fitOneCycle: g.object(
        { cycLen: whole },
        {
          maxLr: ratesSchema(g),
          moms: g.union(g.number, g.pair(g.number)),
          divFactor: g.number,
          pctStart: g.number,
          finalDiv: g.number,
          wd: decaySchema(g),
          totEpochs: whole,
          startEpoch: whole,
          ...stepSettings(g)
        }
      ),
      fitSchedule: g.object(
        { epochs: whole, schedule: scheduleSchema(g) },
        { lr: ratesSchema(g), moms: scheduleSchema(g), wd: decaySchema(g), ...stepSettings(g) }
      ),
      freeze: nothing,
      unfreeze: nothing,
      freezeBody: nothing,
      freezeTo: g.object({ n: whole }, {}),
      setSize: g.object({ size: g.union(whole, g.pair(whole)) }, {}),
      save: name,
      load: name,
      ...composedSteps(g)
    })
  )
})

/**
 * A recipe's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type RecipeJson = TypeOf<typeof recipeSchema>

const stepFrom = (json: RecipeJson[number]): R.Recipe => {
  switch (json.step) {
    case 'fit':
      return withSettings(json)(R.fit(json.epochs, ratesFrom(json.lr), json))
    case 'fitOneCycle': {
      const { step: _, cycLen, maxLr, until: _w, accumulate: _n, average: _a, ...options } = json
      return withSettings(json)(R.fitOneCycle(cycLen, ratesFrom(maxLr), options))
    }
    case 'fitSchedule': {
      const { epochs, lr, moms, wd } = json
      const options = {
        ...(moms === undefined ? {} : { moms: scheduleFrom(moms) }),
        ...(wd === undefined ? {} : { wd })
      }
      return withSettings(json)(R.fitSchedule(epochs, scheduleFrom(json.schedule), ratesFrom(lr), options))
    }
    case 'freeze':
      return R.freeze
    case 'unfreeze':
      return R.unfreeze
    case 'freezeBody':
      return R.setFreeze({ _tag: 'FreezeBody' })
    case 'freezeTo':
      return R.setFreeze(freezeToGroup(json.n))
    case 'setSize':
      return R.setSize(json.size)
    case 'save':
      return R.save(json.name)
    case 'load':
      return R.load(json.name)
    default:
      return composedFrom(json)
  }
}

const stepTo: (step: R.Step) => unknown = R.foldStep<unknown>({
  Fit: ({ epochs, lr, wd, ...rest }) => ({
    step: 'fit',
    epochs,
    lr: ratesTo(lr),
    ...(wd === null ? {} : { wd }),
    ...settingsTo(rest)
  }),
  FitOneCycle: (step) => {
    const { _tag, cycLen, maxLr, until: _w, accumulate: _n, average: _a, ...options } = step
    return {
      step: 'fitOneCycle',
      cycLen,
      maxLr: ratesTo(maxLr),
      ...differing(options, R.defaultOneCycle),
      ...settingsTo(step)
    }
  },
  FitSchedule: ({ epochs, schedule, lr, moms, wd, ...rest }) => ({
    step: 'fitSchedule',
    epochs,
    schedule: scheduleTo(schedule),
    lr: ratesTo(lr),
    ...(moms === null ? {} : { moms: scheduleTo(moms) }),
    ...(wd === null ? {} : { wd }),
    ...settingsTo(rest)
  }),
  SetFreeze: ({ freeze }) =>
    freeze._tag === 'FreezeBody'
      ? { step: 'freezeBody' }
      : freeze.n === 0
        ? { step: 'unfreeze' }
        : freeze.n === -1
          ? { step: 'freeze' }
          : { step: 'freezeTo', n: freeze.n },
  SetSize: ({ size }) => ({ step: 'setSize', size }),
  Save: ({ name }) => ({ step: 'save', name }),
  Load: ({ name }) => ({ step: 'load', name })
})

const recipeCodec = codec<RecipeJson, R.Recipe>({
  schema: recipeSchema,
  from: (json) => json.flatMap(stepFrom),
  to: (recipe) => recipe.map(stepTo),
  refusals: (recipe) =>
    recipe.flatMap((step, i) => (R.trains(step) ? watcherRefusals(`[${i}].until`, step.until ?? []) : []))
})

/**
 * Reads a recipe; reports all mistakes with their JSON paths.
 *
 * @example
 * import { Format, Recipe } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.decodeRecipe([{ step: 'fitOneCycle', cycLen: 1, maxLr: 1e-3 }]), E.right(Recipe.fitOneCycle(1, 1e-3)))
 * const wrong = Format.decodeRecipe([{ step: 'unfreeze' }, { step: 'fitOneCycle', cyc_len: 1 }])
 * assert.deepStrictEqual(wrong._tag === 'Left' && wrong.left.map((e) => e.path), ['[1].cyc_len', '[1].cycLen'])
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeRecipe: (u: unknown) => E.Either<FormatErrors, R.Recipe> = recipeCodec.decode

/**
 * Writes a recipe without default options. Numbers that are not finite are rejected.
 *
 * @example
 * import { Format, Recipe, slice } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(
 *   Format.encodeRecipe(Recipe.sequence(Recipe.unfreeze, Recipe.fitOneCycle(3, slice(1e-5, 1e-3)))),
 *   E.right([{ step: 'unfreeze' }, { step: 'fitOneCycle', cycLen: 3, maxLr: { slice: [1e-5, 1e-3] } }])
 * )
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeRecipe: (recipe: R.Recipe) => E.Either<FormatErrors, Json> = recipeCodec.encode
