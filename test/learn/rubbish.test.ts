import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arch,
  catalogue,
  cut,
  cutAt,
  type DataSpec,
  drawError,
  Format,
  type GraftError,
  head,
  imageFolder,
  mistakesOf,
  type Model,
  nn,
  Recipe,
  replaceAt,
  resnet18,
  segmentation,
  strictly,
  uncut,
  withBatchSize,
  withHead
} from 'graft-vision'
import {
  type GraftEnv,
  Io,
  learner,
  loadPredictor,
  openData,
  predict,
  predictorOf,
  train,
  writeSaved
} from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { grey, left, right, workplace } from '../io/workplace.js'
import { drawn, envWith, model, net, tinyLearner } from './tiny.js'

const folder = workplace()
let env: GraftEnv
beforeAll(async () => {
  env = await envWith('onnxruntime')
})

const place = (file: string, content: Uint8Array | string): string => {
  const at = join(folder, file)
  mkdirSync(dirname(at), { recursive: true })
  writeFileSync(at, content)
  return at
}

/** A folder of pictures of `classes`, to train and to validate on. */
const pictures = async (name: string, classes: ReadonlyArray<string>): Promise<DataSpec> => {
  const png = await grey(28, 28)
  for (const part of ['train', 'valid'])
    for (const of of classes) for (let i = 0; i < 8; i++) place(`${name}/${part}/${of}/${i}.png`, png)
  return withBatchSize(4)(imageFolder(join(folder, name)))
}

const trained = (spec: DataSpec, m: Model = model, recipe = Recipe.fitOneCycle(1, 1e-2)) =>
  pipe(
    openData(spec),
    RTE.chainW((data) => learner({ data, model: m })),
    RTE.chainW(train(recipe))
  )(env)()

const errorOf = async (spec: DataSpec, m?: Model, recipe?: Recipe.Recipe): Promise<GraftError> =>
  left(await trained(spec, m, recipe))

describe('a network that cannot predict an image is an error:', () => {
  const blank = { height: 28, width: 28, channels: 3, data: new Uint8Array(28 * 28 * 3) }

  it('a class for each pixel, or other than three channels', async () => {
    const p = predictorOf(right(await tinyLearner(drawn(folder))(env)()))
    right(await predict(blank)(p)(env)())
    const pixels = await predict(blank)({ ...p, task: segmentation(['a', 'b']) })(env)()
    expect(left(pixels)).toMatchObject({ _tag: 'SettingError', hint: 'use segment' })
    const single = await predict({ ...blank, channels: 1, data: blank.data.subarray(784) })({
      ...p,
      plan: { ...p.plan, input: [1, 28, 28] }
    })(env)()
    expect(left(single)).toMatchObject({ _tag: 'SettingError', found: '1' })
  })
})

describe('a network whose first convolution took the place of one for grey pictures', () => {
  it('is loaded again as it was saved', async () => {
    const greyNet = arch({
      name: 'grey',
      network: nn.sequential(nn.named('conv', nn.conv2d(1, 8, 5, { stride: 4 })), nn.relu),
      input: { ...net.input, channels: 1 }
    })
    const coloured = pipe(
      uncut(greyNet),
      withHead(head({ linFtrs: [] })),
      replaceAt('body.conv', nn.conv2d(3, 8, 5, { stride: 4 }))
    )
    const l = right(await tinyLearner(drawn(folder), { model: coloured })(env)())
    const file = join(folder, 'coloured.safetensors')
    right(await writeSaved(file, l, null)(env)())
    expect(right(await loadPredictor(file)(env)()).plan.input).toEqual([3, 28, 28])
  })
})

describe('an invalid input is an error with path, expectation and hint:', () => {
  it('a picture cut short, left out and named, or refused when strict', async () => {
    const spec = await pictures('cut-short', ['a', 'b'])
    const png = await grey(28, 28)
    place('cut-short/train/a/bad.png', png.subarray(0, png.length - 20))
    const { data } = right(await trained(spec))
    expect(data.skipped.map(({ file }) => file)).toEqual(['train/a/bad.png'])
    expect(await errorOf(strictly(spec))).toMatchObject({
      _tag: 'UnreadableImage',
      path: expect.stringContaining('bad.png')
    })
  })

  it('a table given as a picture', async () => {
    const start = right(await tinyLearner(drawn(folder))(env)())
    const csv = place('labels.csv', 'name,label\n0.png,3\n')
    const error = left(await predict(csv)(predictorOf(start))(env)())
    expect(error).toMatchObject({ _tag: 'UnreadableImage', path: csv })
  })

  it('an empty class folder', async () => {
    const spec = await pictures('empty', ['a', 'b'])
    mkdirSync(join(folder, 'empty/train/c'))
    expect(await errorOf(spec)).toMatchObject({ _tag: 'EmptyClass', found: expect.stringMatching(/.+/) })
  })

  it('a single class', async () => {
    expect(await errorOf(await pictures('single', ['a']))).toMatchObject({ _tag: 'OneClass' })
  })

  it('a learning rate of NaN', async () => {
    const error = await errorOf(drawn(folder), model, Recipe.fitOneCycle(1, NaN))
    expect(error).toMatchObject({ _tag: 'RecipeError', path: 'recipe[0].maxLr' })
  })

  it('more dropouts than blocks', async () => {
    const error = await errorOf(drawn(folder), pipe(net, cut, withHead(head({ ps: [0.1, 0.2, 0.3] }))))
    expect(drawError(error)).toMatch(/ps/)
    expect(drawError(error)).toMatch(/3/)
    expect(drawError(error)).toMatch(/2/)
  })

  it('a cut that leaves nothing', async () => {
    const error = await errorOf(drawn(folder), pipe(resnet18, cutAt(0), withHead(head())))
    expect(mistakesOf(error)[0]).toMatchObject({ _tag: 'CutError' })
  })

  it('a classification head for segmentation', async () => {
    const data = right(await openData(drawn(folder))(env)())
    const error = left(await learner({ data: { ...data, task: segmentation(['road', 'sky']) }, model })(env)())
    expect(drawError(error)).toMatch(/segmentation|pixel|unet/i)
  })

  it('an unknown JSON key', () => {
    const errors = left(Format.decodeModel(catalogue)({ arch: 'resnet18', head: { linFtr: [512] } }))
    expect(errors[0]).toMatchObject({ path: 'head.linFtr', hint: 'write "linFtrs"' })
  })

  it('a folder that is not writable', async () => {
    const start = right(await tinyLearner(drawn(folder))(env)())
    const readOnly: GraftEnv = {
      ...env,
      files: { ...env.files, write: (path) => TE.left(Io.fromSystem(path)({ code: 'EROFS' })) }
    }
    const error = left(await writeSaved('out/model.safetensors', start, null)(readOnly)())
    expect(error).toMatchObject({ _tag: 'NotAllowed', path: 'out/model.safetensors' })
  })

  it('NaN weights', async () => {
    const start = right(await tinyLearner(drawn(folder))(env)())
    const state = new Map(start.state).set('body.conv.weight', new Float32Array(600).fill(NaN))
    const error = left(await train(Recipe.fit(1, 1e-3))({ ...start, state })(env)())
    expect(error).toMatchObject({ _tag: 'WeightsError', path: 'body.conv.weight' })
  })

  it('a batch larger than the data set', async () => {
    expect(await errorOf(withBatchSize(65)(drawn(folder)))).toMatchObject({ _tag: 'TooFewItems' })
  })
})
