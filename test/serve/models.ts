/** Tiny models of every task, exported below a folder, and the images that they were made for. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import {
  type DataSpec,
  holdoutByPct,
  imageCsv,
  imageImages,
  imageMasks,
  masksByPattern,
  pointsFrom,
  targetsByPattern,
  withoutNormalisation,
  withSize
} from 'graft-vision'
import { exportLearner, type GraftEnv, openData, unetLearner } from 'graft-vision/node'
import { envWith, net, tinyLearner } from '../learn/tiny.js'
import { place, right } from '../io/workplace.js'

const side = 28
const n = 12

export interface Models {
  /** Names and folders. */
  readonly models: Readonly<Record<'digits' | 'tags' | 'ages' | 'streets' | 'eyes' | 'light', string>>
  /** A picture of 28 x 28 pixels. */
  readonly picture: (i: number) => string
  readonly env: GraftEnv
}

const pngOf = (env: GraftEnv, channels: number, value: (k: number) => number): Promise<Uint8Array> =>
  env.images
    .encode({
      height: side,
      width: side,
      channels,
      data: Uint8Array.from({ length: side * side * channels }, (_, k) => value(k))
    })()
    .then(right)

/** Writes the pictures, and exports an untrained model of each task. */
export const tinyModels = async (folder: string): Promise<Models> => {
  const env = await envWith('onnxruntime')
  const at = (...names: ReadonlyArray<string>): string => join(folder, ...names)
  for (const name of ['pictures', 'masks']) mkdirSync(at(name))
  for (let i = 0; i < n; i++) {
    place(at('pictures', `${i}.png`), await pngOf(env, 3, (k) => (k * (31 + i) + i * 17) % 256))
    place(at('masks', `${i}.png`), await pngOf(env, 1, (k) => Number(k % side > i)))
  }
  place(at('codes.txt'), 'left\nright\n')
  const rows = Array.from(
    { length: n },
    (_, i) => `${i},${['a', 'b'][i % 2]},${['', 'odd', 'few', 'odd few'][i % 4]},${i / 7},${n - i}`
  )
  place(at('labels.csv'), ['name,kind,tags,age,size', ...rows].join('\n'))
  const eyes = Array.from({ length: n }, (_, i) => `${i}.png,${i + 1},${i + 2}`)
  place(at('pictures/labels.csv'), ['file,eye_x,eye_y', ...eyes].join('\n'))

  const holdout = holdoutByPct(0.3, 1)
  const table = (options: Parameters<typeof imageCsv>[1]): DataSpec =>
    imageCsv(folder, { holdout, suffix: '.png', folder: 'pictures', ...options })
  const pairs = { images: 'pictures', holdout }
  const specs = {
    digits: table({ labelCol: 'kind' }),
    tags: table({ labelCol: 'tags', labelDelim: ' ' }),
    ages: table({ labelCol: ['age', 'size'], labels: 'numbers' }),
    eyes: pointsFrom(at('pictures'), { holdout }),
    streets: imageMasks(folder, { ...pairs, masks: masksByPattern('^pictures/(.*)[.]png$', 'masks/$1.png') }),
    light: pipe(
      imageImages(folder, { ...pairs, targets: targetsByPattern('^pictures/(.*)[.]png$', 'pictures/$1.png') }),
      withoutNormalisation,
      withSize(side)
    )
  }
  for (const [name, spec] of Object.entries(specs)) {
    const made =
      name === 'streets' || name === 'light'
        ? pipe(
            openData(spec),
            RTE.chainW((data) => unetLearner(data, net, { normType: 'batch', pretrained: false }))
          )
        : tinyLearner(spec, { metrics: [] })
    right(await pipe(made, RTE.chainW(exportLearner(at(name))))(env)())
  }
  const models = Object.fromEntries(Object.keys(specs).map((name) => [name, at(name)])) as Models['models']
  return { models, picture: (i) => at('pictures', `${i}.png`), env }
}
