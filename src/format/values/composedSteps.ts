/**
 * Steps of a recipe's JSON that stand for other steps, with the names and options of their constructors:
 *
 *     [{ "step": "fineTune", "epochs": 5 }, { "step": "fitFlatCos", "epochs": 10, "lr": 1e-3 }]
 *
 * They are written as the steps that they stand for, in which mistakes would be hard to find. Their options are checked
 * when they are read, so that errors name the option.
 */
import {
  checkRecipe,
  fineTune,
  fitFlatCos,
  fitSgdr,
  fitWarmupCosine,
  gradualUnfreezing,
  progressiveResizing,
  Recipe as R,
  type RecipeError
} from '../../recipe/index.js'
import { type Grammar, makeSchema, type TypeOf, type ValueMistake } from '../grammar/Grammar.js'
import { decaySchema, ratesFrom, ratesSchema } from './Rates.js'
import { stepSettings, withSettings } from './StepSettings.js'

const must = (ok: boolean, at: ValueMistake['at'], expected: string, found?: string): ReadonlyArray<ValueMistake> =>
  ok ? [] : [{ at, expected, hint: `write ${expected}`, ...(found === undefined ? {} : { found }) }]

const ranged =
  (ok: (n: number) => boolean, expected: string) =>
  <S>(g: Grammar<S>) =>
    g.checked((n: number) => must(ok(n), [], expected))(g.number)

const positive = ranged((n) => n > 0, 'a number above 0')
const nonNegative = ranged((n) => n >= 0, 'a number of at least 0')
const share = ranged((n) => n >= 0 && n <= 1, 'a number from 0 to 1')

/** Limit of the constructors' loops. */
const most = 1000

const count = <S>(g: Grammar<S>) =>
  g.checked((n: number) => must(n <= most, [], `an integer from 1 to ${most}`))(g.whole(1))

/** The options of each composed step. */
const options = <S>(g: Grammar<S>) => {
  const epochs = g.whole(1)
  const fitted = { lr: ratesSchema(g), wd: decaySchema(g), ...stepSettings(g) }
  const cycles = { maxLr: ratesSchema(g), ...stepSettings(g) }
  const side = g.whole(1)
  return {
    fineTune: g.object(
      { epochs },
      {
        baseLr: positive(g),
        freezeEpochs: g.whole(0),
        lrMult: positive(g),
        pctStart: share(g),
        div: positive(g),
        ...stepSettings(g)
      }
    ),
    fitFlatCos: g.object({ epochs }, { pctStart: share(g), divFinal: positive(g), ...fitted }),
    fitSgdr: g.object({ nCycles: count(g), cycleLen: g.whole(1) }, { cycleMult: g.whole(1), ...fitted }),
    fitWarmupCosine: g.object(
      { epochs },
      { warmupEpochs: nonNegative(g), warmupLr: nonNegative(g), minLr: nonNegative(g), ...fitted }
    ),
    gradualUnfreezing: g.object({ groups: count(g) }, { epochs, ...cycles }),
    progressiveResizing: g.object(
      { sizes: g.list(g.object({ size: g.union(side, g.pair(side)), epochs }, {})) },
      cycles
    )
  }
}

const _unchecked = makeSchema((g) => g.tagged('step')(options(g)))

type ComposedJson = TypeOf<typeof _unchecked>

const stepsOf = (json: ComposedJson): R.Recipe => {
  switch (json.step) {
    case 'fineTune':
      return fineTune(json.epochs, json.baseLr, json)
    case 'fitFlatCos':
      return fitFlatCos(json.epochs, ratesFrom(json.lr), json)
    case 'fitSgdr':
      return fitSgdr(json.nCycles, json.cycleLen, ratesFrom(json.lr), json)
    case 'fitWarmupCosine':
      return fitWarmupCosine(json.epochs, ratesFrom(json.lr), json)
    case 'gradualUnfreezing':
      return gradualUnfreezing(json.groups, () => R.fitOneCycle(json.epochs ?? 1, ratesFrom(json.maxLr)))
    case 'progressiveResizing':
      return progressiveResizing(
        json.sizes.map(({ size, epochs }) => [size, epochs] as const),
        (epochs) => R.fitOneCycle(epochs, ratesFrom(json.maxLr))
      )
  }
}

/** The steps that a composed step stands for. */
export const composedFrom = (json: ComposedJson): R.Recipe => withSettings(json)(stepsOf(json))

/** Mistakes in options that depend on each other. */
const ownMistakes = (json: ComposedJson): ReadonlyArray<ValueMistake> => {
  switch (json.step) {
    case 'fitSgdr': {
      const total = Array.from({ length: json.nCycles }, (_, i) => json.cycleLen * (json.cycleMult ?? 2) ** i).reduce(
        (sum, length) => sum + length,
        0
      )
      return must(Number.isSafeInteger(total), ['nCycles'], 'fewer or shorter cycles', `${total} epochs in all`)
    }
    case 'fitWarmupCosine': {
      const { epochs, warmupEpochs = 5 } = json
      return must(warmupEpochs <= epochs, ['warmupEpochs'], `at most ${epochs}, as epochs`, String(warmupEpochs))
    }
    case 'progressiveResizing':
      return must(json.sizes.length > 0, ['sizes'], 'at least one size')
    default:
      return []
  }
}

/** The place of a mistake in the JSON: a step's field, if the composed step has it too. */
const placeIn = (json: ComposedJson, { path }: RecipeError): ValueMistake['at'] => {
  const [, , ...keys] = path.match(/[^.[\]]+/g) ?? []
  return keys[0] !== undefined && keys[0] in json ? keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)) : []
}

/** Mistakes in the steps that it stands for, each once. */
const stepMistakes = (json: ComposedJson): ReadonlyArray<ValueMistake> => {
  const found = checkRecipe(composedFrom(json)).map((error): ValueMistake => ({
    at: placeIn(json, error),
    expected: error.expected,
    found: error.found,
    hint: error.hint
  }))
  return [...new Map(found.map((mistake) => [`${mistake.at.join('.')}: ${mistake.expected}`, mistake])).values()]
}

const mistakesIn = (json: ComposedJson): ReadonlyArray<ValueMistake> => {
  const own = ownMistakes(json)
  return own.length > 0 ? own : stepMistakes(json)
}

/** The members of the steps' schema, without mistakes. */
export const composedSteps = <S>(g: Grammar<S>) => {
  const { fineTune, fitFlatCos, fitSgdr, fitWarmupCosine, gradualUnfreezing, progressiveResizing } = options(g)
  type Of<K extends ComposedJson['step']> = Omit<Extract<ComposedJson, { readonly step: K }>, 'step'>
  const checked = <K extends ComposedJson['step']>(step: K) =>
    g.checked((json: Of<K>) => mistakesIn({ step, ...json } as unknown as ComposedJson))
  return {
    fineTune: checked('fineTune')(fineTune),
    fitFlatCos: checked('fitFlatCos')(fitFlatCos),
    fitSgdr: checked('fitSgdr')(fitSgdr),
    fitWarmupCosine: checked('fitWarmupCosine')(fitWarmupCosine),
    gradualUnfreezing: checked('gradualUnfreezing')(gradualUnfreezing),
    progressiveResizing: checked('progressiveResizing')(progressiveResizing)
  }
}
