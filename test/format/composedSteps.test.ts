/** Steps of a recipe's JSON that stand for other steps. */
import * as E from 'fp-ts/lib/Either.js'
import { earlyStopping, Format, Recipe, saveBest, slice } from 'graft-vision'
import { describe, expect, it } from 'vitest'

const cycle = (epochs: number) => Recipe.fitOneCycle(epochs, 1e-2)

describe('a composed step', () => {
  it.each([
    [{ step: 'fineTune', epochs: 5 }, Recipe.fineTune(5)],
    [
      { step: 'fineTune', epochs: 5, baseLr: 1e-3, freezeEpochs: 0, lrMult: 10, pctStart: 0.5, div: 2 },
      Recipe.fineTune(5, 1e-3, { freezeEpochs: 0, lrMult: 10, pctStart: 0.5, div: 2 })
    ],
    [{ step: 'fitFlatCos', epochs: 4 }, Recipe.fitFlatCos(4)],
    [
      { step: 'fitFlatCos', epochs: 4, lr: { slice: [1e-4, 1e-3] }, pctStart: 0.5, divFinal: 10, wd: 0.1 },
      Recipe.fitFlatCos(4, slice(1e-4, 1e-3), { pctStart: 0.5, divFinal: 10, wd: 0.1 })
    ],
    [{ step: 'fitSgdr', nCycles: 3, cycleLen: 1 }, Recipe.fitSgdr(3, 1)],
    [
      { step: 'fitSgdr', nCycles: 3, cycleLen: 2, lr: 1e-2, cycleMult: 1 },
      Recipe.fitSgdr(3, 2, 1e-2, { cycleMult: 1 })
    ],
    [{ step: 'fitWarmupCosine', epochs: 9 }, Recipe.fitWarmupCosine(9)],
    [
      { step: 'fitWarmupCosine', epochs: 2, lr: 1e-3, warmupEpochs: 0.5, warmupLr: 0, minLr: 1e-6 },
      Recipe.fitWarmupCosine(2, 1e-3, { warmupEpochs: 0.5, warmupLr: 0, minLr: 1e-6 })
    ],
    [{ step: 'gradualUnfreezing', groups: 3 }, Recipe.gradualUnfreezing(3)],
    [{ step: 'gradualUnfreezing', groups: 2, epochs: 2, maxLr: 1e-2 }, Recipe.gradualUnfreezing(2, () => cycle(2))],
    [
      {
        step: 'progressiveResizing',
        sizes: [
          { size: 128, epochs: 3 },
          { size: [96, 128], epochs: 2 }
        ],
        maxLr: 1e-2
      },
      Recipe.progressiveResizing(
        [
          [128, 3],
          [[96, 128], 2]
        ],
        cycle
      )
    ]
  ])('%j is what its constructor makes', (json, recipe) => {
    expect(Format.decodeRecipe([json])).toEqual(E.right(recipe))
  })

  it('takes the settings of training steps, for each of its training steps', () => {
    const settings = { until: ['saveBest', { earlyStopping: { patience: 3 } }], accumulate: 2, average: { ema: 0.9 } }
    const made = Recipe.ema(0.9)(
      Recipe.accumulate(2)(Recipe.until(saveBest(), earlyStopping({ patience: 3 }))(Recipe.fineTune(2)))
    )
    expect(Format.decodeRecipe([{ step: 'fineTune', epochs: 2, ...settings }])).toEqual(E.right(made))
  })

  it('is written as the steps that it stands for', () => {
    const recipe = Recipe.sequence(Recipe.fineTune(2), Recipe.save('done'))
    const json = E.getOrElse<unknown, unknown>(() => null)(Format.encodeRecipe(recipe))
    expect((json as ReadonlyArray<{ readonly step: string }>).map(({ step }) => step)).toEqual([
      'freeze',
      'fitSchedule',
      'unfreeze',
      'fitSchedule',
      'save'
    ])
    expect(Format.decodeRecipe(json)).toEqual(E.right(recipe))
  })

  it.each([
    [{ step: 'fineTune' }, '[1].epochs', 'an integer of at least 1', 'nothing'],
    [{ step: 'fineTune', epochs: 0 }, '[1].epochs', 'an integer of at least 1', '0'],
    [{ step: 'fineTune', epochs: 1, baseLr: 0 }, '[1].baseLr', 'a number above 0', '0'],
    [{ step: 'fineTune', epochs: 1, lr: 1e-3 }, '[1].lr', expect.stringContaining('baseLr'), '0.001'],
    [{ step: 'fineTune', epochs: 1, pctStart: 1.5 }, '[1].pctStart', 'a number from 0 to 1', '1.5'],
    [{ step: 'fineTune', epochs: 1, accumulate: 0 }, '[1].accumulate', 'an integer of at least 2', '0'],
    [
      { step: 'fineTune', epochs: 1, until: [{ earlyStopping: { patience: -1 } }] },
      '[1].until[0].patience',
      'an integer of at least 0',
      '-1'
    ],
    [{ step: 'fitFlatCos', epochs: 1, divFinal: 0 }, '[1].divFinal', 'a number above 0', '0'],
    [{ step: 'fitFlatCos', epochs: 1, lr: -1 }, '[1].lr', expect.any(String), '-1'],
    [{ step: 'fitSgdr', nCycles: 2000, cycleLen: 1 }, '[1].nCycles', 'an integer from 1 to 1000', '2000'],
    [
      { step: 'fitSgdr', nCycles: 60, cycleLen: 1 },
      '[1].nCycles',
      'fewer or shorter cycles',
      '1152921504606847000 epochs in all'
    ],
    [{ step: 'fitWarmupCosine', epochs: 3 }, '[1].warmupEpochs', 'at most 3, as epochs', '5'],
    [{ step: 'gradualUnfreezing', groups: 0 }, '[1].groups', 'an integer of at least 1', '0'],
    [{ step: 'progressiveResizing', sizes: [] }, '[1].sizes', 'at least one size', 'an empty list'],
    [
      { step: 'progressiveResizing', sizes: [{ size: 0, epochs: 1 }] },
      '[1].sizes[0].size',
      expect.stringContaining('an integer of at least 1'),
      '0'
    ]
  ])('%j is an error that names the option', (json, path, expected, found) => {
    expect(Format.decodeRecipe([{ step: 'freeze' }, json])).toMatchObject({ left: [{ path, expected, found }] })
  })
})
