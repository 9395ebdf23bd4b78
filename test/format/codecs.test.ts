import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { arbitrary } from '../../laws/index.js'
import { catalogue, resnet18, resnet50, squeezenet1_1 } from '../../src/arch/index.js'
import * as D from '../../src/data/index.js'
import * as _ from '../../src/format/index.js'
import * as M from '../../src/model/index.js'
import {
  adam,
  adamW,
  bceWithLogits,
  crossEntropy,
  customLoss,
  customOptimiser,
  labelSmoothing,
  lamb,
  lion,
  mixupLoss,
  mse,
  Recipe,
  rAdam,
  ranger,
  rmsprop,
  sgd,
  slice
} from '../../src/recipe/index.js'

const runs = { seed: 20, numRuns: process.env['GRAFT_LONG'] === undefined ? 150 : 3000 }

/** Through text, as a file goes. */
const again =
  <A>(encode: (a: A) => E.Either<_.FormatErrors, unknown>, decode: (u: unknown) => E.Either<_.FormatErrors, A>) =>
  (a: A): E.Either<_.FormatErrors, A> =>
    pipe(
      encode(a),
      E.map((json) => JSON.stringify(json)),
      E.chain(_.parseJson),
      E.chain(decode)
    )

const said = (result: E.Either<_.FormatErrors, unknown>) =>
  E.isLeft(result) ? result.left.map((e) => [e._tag, e.path, e.hint]) : 'decoded'

const decodeModel = _.decodeModel(catalogue)
const plainModel = pipe(resnet18, M.cut, M.withHead(M.head()))

describe('what is written can be read, and is the same', () => {
  const models: ReadonlyArray<M.Model> = [
    plainModel,
    pipe(resnet18, M.cutAt(-2), M.withHead(M.head({ linFtrs: [512], ps: 0.5 })), M.freezeBody),
    pipe(resnet50, M.cutAt('layer4'), M.withHead(M.head({ ps: [0.1, 0.2], linFtrs: [], init: 'torchDefault' }))),
    pipe(
      resnet18,
      M.cutAt('own'),
      M.pretrained,
      M.withHead(M.head()),
      M.splitOn(['body.layer3', 'head']),
      M.freezeTo(1)
    ),
    pipe(
      resnet18,
      M.uncut,
      M.withWeights('w.safetensors'),
      M.withHead(M.customHead(M.numbered(M.flatten, M.linear(4, 2)))),
      M.freeze
    ),
    pipe(
      resnet18,
      M.cut,
      M.withHead(M.head()),
      M.batchNormUnderFreeze('inference'),
      M.replaceAt('body.relu', M.leakyRelu(0.1))
    ),
    pipe(resnet18, M.cut, M.withHead(M.customHead(squeezenet1_1.network)), M.splitOn([]))
  ]
  it.each(models.map((m) => [M.showModel.show(m), m] as const))('%s', (_name, model) => {
    expect(again(_.encodeModel, decodeModel)(model)).toStrictEqual(E.right(model))
  })

  it.each(catalogue.map((a) => [a.name, a.network] as const))('the network of %s', (_name, network) => {
    expect(again(_.encodeLayer, _.decodeLayer)(network)).toStrictEqual(E.right(network))
  })

  it.each(
    [
      Recipe.empty,
      Recipe.sequence(
        Recipe.fitOneCycle(1, 1e-3),
        Recipe.unfreeze,
        Recipe.fitOneCycle(3, slice(1e-5, 1e-3)),
        Recipe.save('three_epochs')
      ),
      Recipe.sequence(
        Recipe.fit(2, [1e-3, 1e-2], { wd: 0 }),
        Recipe.fit(1, 1e-3, { wd: [0, 0.1] }),
        Recipe.freeze,
        Recipe.freezeTo(-2),
        Recipe.load('x')
      ),
      Recipe.fitOneCycle(2, slice(1e-3), {
        moms: 0.9,
        divFactor: 10,
        pctStart: 0,
        finalDiv: 7,
        wd: 0.1,
        totEpochs: 5,
        startEpoch: 1
      }),
      Recipe.sequence(Recipe.fit(1), Recipe.fitOneCycle(1, slice(0, 1e-3)), Recipe.setFreeze({ _tag: 'FreezeBody' }))
    ].map((r) => [r])
  )('the recipe %#', (recipe) => {
    expect(again(_.encodeRecipe, _.decodeRecipe)(recipe)).toStrictEqual(E.right(recipe))
  })

  it.each([
    D.imageFolder('photos'),
    D.imageFolder('photos', {
      train: 'a',
      valid: 'b',
      test: 'c',
      holdout: D.holdoutByPct(0.1, 7),
      classes: ['x', 'y']
    }),
    pipe(
      D.digits({ n: 600, valid: 3, seed: 4, path: 'p' }),
      D.withSize([2, 3]),
      D.withResize('pad'),
      D.normalise(D.mnistStats)
    ),
    pipe(
      D.digits(),
      D.normaliseFromBatch,
      D.withBatchSize(3),
      D.withValidBatchSize(4),
      D.withShuffle(false),
      D.strictly
    ),
    pipe(
      D.archive('https://x/y'),
      D.withoutNormalisation,
      D.withDropLast(false),
      D.withDataSeed(7),
      D.withVerify('none')
    ),
    pipe(
      D.archive('https://x/y', { holdout: D.holdoutByFolder }),
      D.withCacheBytes(0),
      D.normalise({ mean: [0.5], std: [1] })
    )
  ])('the data %#', (data) => {
    expect(again(_.encodeData, _.decodeData)(data)).toStrictEqual(E.right(data))
  })

  it.each([
    adamW(),
    adamW({ eps: 1 }),
    adam({ betas: [0.1, 0.2] }),
    sgd({ momentum: 0.9, nesterov: true }),
    rmsprop({ alpha: 0.5 }),
    lamb({ alwaysAdapt: true }),
    lion({ betas: [0.95, 0.98] }),
    rAdam({ eps: 1e-6 }),
    ranger({ k: 5, alpha: 0.8 })
  ])('the optimiser %o', (o) => expect(again(_.encodeOptimiser, _.decodeOptimiser)(o)).toStrictEqual(E.right(o)))

  it.each([
    crossEntropy(),
    crossEntropy({ weight: [1, 2] }),
    labelSmoothing(),
    labelSmoothing(0.3),
    bceWithLogits,
    mse,
    mixupLoss(crossEntropy({ ignoreIndex: 255 }))
  ])('the loss %o', (l) => expect(again(_.encodeLoss, _.decodeLoss)(l)).toStrictEqual(E.right(l)))

  it('weights chosen before the cut are those of the body', () => {
    const early = pipe(resnet18, M.pretrained, M.cut, M.withHead(M.head()))
    const late = pipe(resnet18, M.cut, M.pretrained, M.withHead(M.head()))
    expect(again(_.encodeModel, decodeModel)(early)).toStrictEqual(E.right(late))
  })

  it('a user-defined architecture is found if the catalogue contains it', () => {
    const mine = M.arch({ name: 'mine', network: M.numbered(M.conv2d(3, 4, 1), M.adaptiveAvgPool2d(1)) })
    const model = pipe(mine, M.cut, M.withHead(M.head()))
    expect(again(_.encodeModel, _.decodeModel([...catalogue, mine]))(model)).toStrictEqual(E.right(model))
    expect(said(again(_.encodeModel, decodeModel)(model))).toMatchObject([['BadValue', 'arch', 'write one of these']])
  })

  const returns =
    <A>(encode: (a: A) => E.Either<_.FormatErrors, unknown>, decode: (u: unknown) => E.Either<_.FormatErrors, A>) =>
    (json: unknown): void => {
      const value = decode(json)
      expect(pipe(value, E.chain(again(encode, decode)))).toStrictEqual(value)
      expect(E.isRight(value)).toBe(true)
    }
  property.prop([arbitrary.jsonOf(_.modelSchema(catalogue))], runs)('any model', returns(_.encodeModel, decodeModel))
  property.prop([arbitrary.jsonOf(_.layerSchema)], runs)('any layer', returns(_.encodeLayer, _.decodeLayer))
  property.prop([arbitrary.jsonOf(_.recipeSchema)], runs)('any recipe', returns(_.encodeRecipe, _.decodeRecipe))
  property.prop([arbitrary.jsonOf(_.dataSchema)], runs)('any data', returns(_.encodeData, _.decodeData))
  property.prop([arbitrary.jsonOf(_.optimiserSchema)], runs)(
    'any optimiser',
    returns(_.encodeOptimiser, _.decodeOptimiser)
  )
  property.prop([arbitrary.jsonOf(_.lossSchema)], runs)('any loss', returns(_.encodeLoss, _.decodeLoss))
})

describe('the shortest form', () => {
  it('of a model with defaults is its architecture’s name', () => {
    expect(_.encodeModel(plainModel)).toStrictEqual(E.right({ arch: 'resnet18' }))
  })
  it('of a layer without options is its name', () => {
    expect(_.encodeLayer(M.sequential(M.relu, M.named('act', M.relu)))).toStrictEqual(
      E.right({ sequential: ['relu', { name: 'act', layer: 'relu' }] })
    )
  })
})

describe('functions are refused, by their labels,', () => {
  it('all those of a model at once', () => {
    const model = pipe(
      resnet18,
      M.cutBy('my cut', (n) => n),
      M.withHead(M.head()),
      M.splitBy('my split', () => ['head'])
    )
    const result = _.encodeModel(model)
    expect(E.isLeft(result) && result.left.map((e) => [e._tag, e.path, e.found])).toStrictEqual([
      ['OpaqueFunction', 'cut', 'the function labelled "my cut"'],
      ['OpaqueFunction', 'split', 'the function labelled "my split"']
    ])
  })
  it('a loss and an optimiser', () => {
    const l1 = customLoss('l1', 'identity', (a) => a)
    const sign = customOptimiser('sign', { init: () => [], update: ({ parameter, state }) => ({ parameter, state }) })
    expect(said(_.encodeLoss(l1))).toStrictEqual([
      ['OpaqueFunction', 'loss', 'use a named loss, or pass it in a program']
    ])
    expect(said(_.encodeOptimiser(sign))).toStrictEqual([
      ['OpaqueFunction', 'optimiser', 'use a named optimiser, or pass it in a program']
    ])
  })
})

describe('numbers that JSON lacks are refused where they are', () => {
  it('in a recipe', () => {
    expect(said(_.encodeRecipe(Recipe.sequence(Recipe.unfreeze, Recipe.fitOneCycle(1, Infinity))))).toStrictEqual([
      ['BadValue', '[1].maxLr', 'JSON has no Infinity: write a finite number']
    ])
    expect(said(_.encodeRecipe(Recipe.fit(1, slice(NaN, 1))))).toStrictEqual([
      ['BadValue', '[0].lr.slice[0]', 'JSON has no NaN: write a finite number']
    ])
  })
  it('in a head', () => {
    expect(said(_.encodeModel(pipe(resnet18, M.cut, M.withHead(M.head({ ps: NaN })))))).toStrictEqual([
      ['BadValue', 'head.ps', 'JSON has no NaN: write a finite number']
    ])
  })
})

describe('all mistakes of a file come at once, with their places and what to do', () => {
  it('in a model', () => {
    const wrong = {
      arch: 'resnet19',
      head: { lin_ftrs: [512], ps: 'half' },
      freez: 'body',
      batchNorm: 'train',
      cut: 1.5,
      replace: [{ path: 'body.relu' }]
    }
    expect(said(decodeModel(wrong))).toStrictEqual([
      ['UnknownKey', 'freez', 'write "freeze"'],
      ['BadValue', 'arch', 'write "resnet18"'],
      ['BadValue', 'cut', 'write one of these'],
      ['UnknownKey', 'head.lin_ftrs', 'write "linFtrs"'],
      ['BadValue', 'head.ps', 'write one of these'],
      ['BadValue', 'batchNorm', 'write "trains"'],
      ['MissingKey', 'replace[0].layer', 'add "layer": a layer']
    ])
  })
  it('in a recipe', () => {
    expect(
      said(_.decodeRecipe([{ step: 'fit_one_cycle' }, { step: 'fit' }, { stepp: 'fit' }, 3, { step: 'save', name: 3 }]))
    ).toStrictEqual([
      ['BadValue', '[0].step', 'write "fitOneCycle"'],
      ['MissingKey', '[1].epochs', 'add "epochs": an integer'],
      [
        'MissingKey',
        '[2].step',
        'add "step": one of "fit", "fitOneCycle", "fitSchedule", "freeze", "unfreeze", "freezeBody", "freezeTo", "setSize", "save", "load", "fineTune", "fitFlatCos", "fitSgdr", "fitWarmupCosine", "gradualUnfreezing", "progressiveResizing"'
      ],
      ['BadValue', '[3]', 'write { ... } with step'],
      ['BadValue', '[4].name', 'write it in double quotes']
    ])
  })
  it('in data', () => {
    expect(said(_.decodeData({ source: { imageFolders: 'x' }, sizes: 3, bs: 0, resize: 'Crop' }))).toStrictEqual([
      ['UnknownKey', 'sizes', 'write "size"'],
      ['UnknownKey', 'source.imageFolders', 'write "imageFolder"'],
      ['BadValue', 'resize', 'write "crop"'],
      ['BadValue', 'bs', 'write an integer of at least 1']
    ])
  })
  it('deep in a layer', () => {
    const layer = {
      sequential: [
        'relu',
        { name: 'a', layer: { conv2d: { inChannels: 0, outChannels: 1 } } },
        { conv2dd: {} },
        'rellu'
      ]
    }
    expect(said(_.decodeLayer(layer))).toStrictEqual([
      ['MissingKey', 'sequential[1].layer.conv2d.kernelSize', expect.stringContaining('add "kernelSize"')],
      ['BadValue', 'sequential[1].layer.conv2d.inChannels', 'write an integer of at least 1'],
      ['UnknownKey', 'sequential[2].conv2dd', 'write "conv2d"'],
      ['BadValue', 'sequential[3]', 'write "relu"']
    ])
  })
  it('at the top', () => {
    expect(said(decodeModel(undefined))).toStrictEqual([
      ['BadValue', '$', expect.stringContaining('{ ... } with arch')]
    ])
    expect(said(_.decodeRecipe({}))).toStrictEqual([['BadValue', '$', 'write [ ... ]']])
  })
  property.prop([fc.anything()], runs)('without exceptions, for any input', (u) => {
    for (const decode of [
      decodeModel,
      _.decodeRecipe,
      _.decodeData,
      _.decodeLayer,
      _.decodeLoss,
      _.decodeMetric,
      _.decodeOptimiser,
      _.decodeResolvedModel
    ])
      expect(['Left', 'Right']).toContain(decode(u)._tag)
  })
})
