// One architecture of a user's own, with a cut and a split of its own, wherever architectures go: it is passed, and no
// registry knows it.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Arch, catalogue, digits, Format, imageMasks, Recipe, withBatchSize } from 'graft-vision'
import {
  cnnLearner,
  cnnModel,
  type GraftEnv,
  type Learner,
  loadPredictor,
  openData,
  train,
  unetLearner
} from 'graft-vision/node'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { left, place, right } from '../io/workplace.js'
import { envWith } from '../learn/tiny.js'
import { main, placeForRuns } from './graft.js'

const { folder, file, graft } = placeForRuns()

// by the reference's rules the cut would be before `pool`, and the body one group
file(
  'mine.js',
  `import { arch, nn } from '${pathToFileURL(join(main, '../../index.js')).href}'
export const net = arch({
  name: 'mine',
  network: nn.sequential(
    nn.named('stem', nn.numbered(nn.conv2d(3, 4, 3, { stride: 2, padding: 1 }), nn.batchNorm(4), nn.relu)),
    nn.named('deep', nn.numbered(nn.conv2d(4, 8, 3, { stride: 2, padding: 1 }), nn.relu)),
    nn.named('tail', nn.conv2d(8, 16, 1)),
    nn.named('pool', nn.adaptiveAvgPool2d(1)),
    nn.flatten,
    nn.named('fc', nn.linear(16, 2))
  ),
  cut: 2,
  split: ['deep']
})
`
)
file('package.json', '{ "type": "module" }')

const bodyKeys = ['stem.0.weight', 'stem.0.bias', 'stem.1.weight', 'stem.1.bias', 'deep.0.weight', 'deep.0.bias']

/** Where the groups start, and what the body has been cut to. */
const shape = ({ plan }: Pick<Learner, 'plan'>) => ({
  starts: plan.starts,
  body: plan.parameters.flatMap(({ path }) => (path.startsWith('body.') ? [path.slice(5)] : []))
})
const expected = { starts: ['body.deep', 'head'], body: bodyKeys }

describe("an architecture of one's own", () => {
  let net: Arch
  let env: GraftEnv
  beforeAll(async () => {
    net = ((await import(/* @vite-ignore */ pathToFileURL(join(folder, 'mine.js')).href)) as { net: Arch }).net
    env = await envWith('onnxruntime')
  })

  it('is cut and split its own way under the head of cnnLearner', async () => {
    const program = pipe(
      openData(withBatchSize(8)(digits({ n: 16, valid: 8, path: join(folder, 'few') }))),
      RTE.chainW((data) => cnnLearner(data, net)),
      RTE.chainW(train(Recipe.fit(1, 1e-3)))
    )
    expect(shape(right(await program(env)()))).toEqual(expected)
  })

  it('is cut and split its own way as the encoder of unetLearner', async () => {
    for (const [name, channels] of [
      ['images', 3],
      ['labels', 1]
    ] as const)
      for (let i = 0; i < 6; i++) {
        const data = Uint8Array.from({ length: 16 * 16 * channels }, (_, k) => (k + i) % 2)
        place(
          join(folder, name, `${i}.png`),
          right(await env.images.encode({ height: 16, width: 16, channels, data })())
        )
      }
    place(join(folder, 'codes.txt'), 'even\nodd\n')
    const program = pipe(
      openData(withBatchSize(2)(imageMasks(folder))),
      RTE.chainW((data) => unetLearner(data, net)),
      RTE.chainW(train(Recipe.fit(1, 1e-3)))
    )
    expect(shape(right(await program(env)()))).toEqual(expected)
  })

  it('is a name in JSON, and is read only where its module is given', () => {
    const model = cnnModel(net)
    const json = JSON.parse(JSON.stringify(right(Format.encodeModel(model)))) as unknown
    expect(right(Format.decodeModel([...catalogue, net])(json))).toEqual(model)
    expect(left(Format.decodeModel(catalogue)(json)).map(({ path }) => path)).toEqual(['arch'])
  })

  it('is trained by the command from its module, not by a name', async () => {
    const { code, stderr } = await graft('train', 'data.json', '--arch', './mine.js#net', '--out', 'run', '--quiet')
    expect(code, stderr).toBe(0)
    expect(shape(right(await loadPredictor(join(folder, 'run', 'model.safetensors'))(env)()))).toEqual(expected)
    expect((await graft('train', 'data.json', '--arch', 'mine', '--out', 'none')).code).toBe(2)
  })
})
