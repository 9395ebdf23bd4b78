// From files to networks: which numbers arrive where, what is listed when they do not, what learners make of records.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import {
  arch,
  type Arch,
  customHead,
  cut,
  cutAt,
  digits,
  Format,
  freeze,
  fromScratch,
  type GraftError,
  head,
  mistakesOf,
  mobilenet_v2,
  type Model,
  nn,
  normalise,
  pretrained,
  pretrainedAs,
  replaceAt,
  squeezenet1_1,
  type WeightsRecord,
  withBatchSize,
  withHead,
  withWeights
} from 'graft-vision'
import { cnnLearner, type Data, type Io, learner, type Learner, nodeIo, openData } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import * as F from '../format/torchFile.js'
import { commit, fakeHub, repo, sha256 } from '../io/hub.js'
import { left, place, right, workplace } from '../io/workplace.js'

type Tensors = Readonly<Record<string, ReadonlyArray<number>>>

const folder = workplace()
const hub = fakeHub()

const network = nn.sequential(
  nn.named('conv1', nn.conv2d(3, 4, 3, { padding: 1 })),
  nn.named('bn1', nn.batchNorm(4)),
  nn.named('relu', nn.relu),
  nn.named('pool', nn.maxPool2d(2)),
  nn.flatten,
  nn.named('fc', nn.linear(4 * 14 * 14, 10))
)
const plain: Arch = arch({ name: 'net', network, cut: 'pool' })

/** Shapes of all its keys, torch's counter included. */
const shapes: Tensors = {
  'conv1.weight': [4, 3, 3, 3],
  'conv1.bias': [4],
  'bn1.weight': [4],
  'bn1.bias': [4],
  'bn1.running_mean': [4],
  'bn1.running_var': [4],
  'bn1.num_batches_tracked': [],
  'fc.weight': [10, 784],
  'fc.bias': [10]
}
const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((a, b) => a * b, 1)

/** Every number differs from every other, so that each is known again. */
const valuesOf = (all: Tensors) =>
  new Map(
    Object.entries(all).map(([key, shape], i) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, j) => 1000 * (i + 1) + j)
      return [key, { dtype: 'F32' as const, shape, data }] as const
    })
  )
const bytesOf = (all: Tensors): Uint8Array => right(Format.writeSafetensors(valuesOf(all)))
const written = (name: string, content: Uint8Array): string => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const placesIn = (name: string, offline = true): Io.WeightsPlaces => ({
  folders: [],
  hubCache: join(folder, name, 'hub'),
  checkpoints: join(folder, name, 'checkpoints'),
  endpoint: hub.address(),
  offline
})
const env = (places = placesIn('empty')) => nodeIo({ cache: { home: folder, assets: [] }, places })

let data: Data
beforeAll(async () => {
  data = right(await openData(withBatchSize(4)(digits({ n: 8, path: join(folder, 'digits') })))(env())())
})

const made = async (model: Model, places?: Io.WeightsPlaces): Promise<Learner> =>
  right(await learner({ data, model })(env(places))())
const refused = async (model: Model, places?: Io.WeightsPlaces): Promise<GraftError> =>
  left(await learner({ data, model })(env(places))())

const grafted = (weighed: Arch): Model => pipe(weighed, cut, withHead(head({ linFtrs: [] })))
const loading = (name: string, content: Uint8Array, of = plain): Model =>
  grafted(withWeights(written(name, content))(of))
const arrived = (l: Learner, key: string): ReadonlyArray<number> => [...(l.state.get(`body.${key}`) ?? [])]
const kept = Object.keys(shapes).filter((key) => !/^fc|num_batches/.test(key))

describe('weights from a file', () => {
  it.each([
    ['safetensors', () => bytesOf(shapes)],
    ['a zip of torch', () => F.saved(valuesOf(shapes), 'zip')],
    ["torch's older format", () => F.saved(valuesOf(shapes), 'legacy')]
  ])('are read from %s, whatever the file is called', async (name, content) => {
    const l = await made(loading(`${name}.weights`, content()))
    for (const key of kept) expect(arrived(l, key)).toEqual([...valuesOf(shapes).get(key)!.data])
    expect([...l.state.keys()].filter((key) => key.includes('num_batches'))).toEqual([])
  })

  it.each(['module.', 'model.', '_orig_mod.', 'module._orig_mod.'])('may have %s before every key', async (prefix) => {
    const wrapped = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [`${prefix}${key}`, shape]))
    const l = await made(loading('wrapped', bytesOf(wrapped)))
    expect(arrived(l, 'conv1.bias')).toEqual([2000, 2001, 2002, 2003])
  })

  it('may lack the layers that the cut removed, and num_batches_tracked', async () => {
    const body = Object.fromEntries(kept.map((key) => [key, shapes[key]!]))
    expect(arrived(await made(loading('body', bytesOf(body))), 'bn1.bias')).toHaveLength(4)
  })

  it('are an error that lists every missing, unexpected or misshapen key', async () => {
    const { 'bn1.running_mean': _, 'conv1.bias': __, ...others } = shapes
    const wrong = { ...others, 'bn1.weight': [5], 'conv1.weight': [4, 3, 5, 5], 'extra.weight': [1], 'extra.bias': [1] }
    const error = await refused(loading('wrong', bytesOf(wrong)))
    const said = mistakesOf(error).map(({ _tag, path, expected, found }) => [_tag, path, expected, found])
    expect(said.map(([tag]) => tag)).toEqual(Array.from({ length: 6 }, () => 'WeightsError'))
    expect(new Set(said.map((mistake) => mistake.slice(1).join(': ')))).toEqual(
      new Set([
        'bn1.running_mean: 4: no such key',
        'conv1.bias: 4: no such key',
        'bn1.weight: 4: 5',
        'conv1.weight: 4×3×3×3: 4×3×5×5',
        'extra.weight: a key of net: an unexpected key',
        'extra.bias: a key of net: an unexpected key'
      ])
    )
  })
})

describe('a first convolution for another number of channels', () => {
  const weights = (channels: number, at: (c: number) => number): Uint8Array => {
    const tensors = valuesOf({ ...shapes, 'conv1.weight': [4, channels, 3, 3] })
    const data = Float32Array.from({ length: 4 * channels * 9 }, (_, i) => at(Math.floor(i / 9) % channels))
    return right(
      Format.writeSafetensors(
        new Map([...tensors, ['conv1.weight', { dtype: 'F32', shape: [4, channels, 3, 3], data }]])
      )
    )
  }
  const first = async (channels: number, at: (c: number) => number): Promise<ReadonlyArray<number>> => {
    const weight = arrived(await made(loading(`channels-${channels}`, weights(channels, at))), 'conv1.weight')
    return [0, 9, 18].map((i) => weight[i]!)
  }
  it('repeats its channels in turn, so that equal channels give the same result', async () => {
    expect(await first(1, () => 3)).toEqual([1, 1, 1])
    expect(await first(2, (c) => 3 * (c + 1))).toEqual([2, 4, 2])
    expect(await first(4, (c) => 3 * (c + 1))).toEqual([4, 8, 12])
  })
  it('sums its channels for a grey image', async () => {
    const file = written(
      'grey',
      weights(3, (c) => c + 1)
    )
    const grey = replaceAt('body.conv1', nn.conv2d(1, 4, 3, { padding: 1 }))
    const shrunk = { ...data, shape: [1, 28, 28] as never }
    const l = right(await learner({ data: shrunk, model: grey(grafted(withWeights(file)(plain))) })(env())())
    expect(new Set(arrived(l, 'conv1.weight'))).toEqual(new Set([6]))
  })
})

const record = (fields: Partial<WeightsRecord>): WeightsRecord => ({
  tag: 'own_digits',
  url: null,
  sha256Prefix: null,
  hub: null,
  licence: 'MIT',
  classes: 10,
  size: 28,
  crop: 1,
  mean: [0.25, 0.5, 0.75],
  std: [0.5, 0.5, 0.25],
  ...fields
})
const publishing = (...published: ReadonlyArray<WeightsRecord>): Arch => ({ ...plain, published })

describe('published weights', () => {
  const bytes = bytesOf(shapes)
  const digits8 = sha256(bytes).slice(0, 8)
  const inTorch = (name: string): Io.WeightsPlaces => {
    const places = placesIn(name)
    place(join(places.checkpoints, `net-${digits8}.safetensors`), bytes)
    return places
  }
  const atUrl = record({ url: `https://nowhere.example/net-${digits8}.safetensors`, sha256Prefix: digits8 })

  it('are the first ones, or those of a tag', async () => {
    const mine = publishing(record({ tag: 'none' }), atUrl)
    const l = await made(grafted(pretrainedAs('own_digits')(mine)), inTorch('tagged'))
    expect(arrived(l, 'conv1.bias')).toEqual([2000, 2001, 2002, 2003])
    expect((await refused(grafted(pretrained(mine)), inTorch('tagged')))._tag).toBe('WeightsNotFound')
    const error = await refused(grafted(pretrainedAs('other')(mine)))
    expect(error).toMatchObject({ _tag: 'WeightsError', path: 'net.other', expected: 'one of none, own_digits' })
  })

  it('come from the hub, and from its cache from then on', async () => {
    hub.serve(bytes)
    const model = grafted(pretrained(publishing(record({ hub: repo }))))
    const online = await made(model, placesIn('cached', false))
    expect(hub.asked()).toContain(`GET /${repo}/resolve/${commit}/model.safetensors`)
    expect((await made(model, placesIn('cached'))).state).toEqual(online.state)
  })

  it('are an error with remedies if they are unavailable', async () => {
    const error = left(await cnnLearner(data, squeezenet1_1)(env())())
    expect(error).toMatchObject({ _tag: 'WeightsNotFound', path: 'squeezenet1_1.tv_in1k' })
    const hint = 'hint' in error ? error.hint : ''
    for (const remedy of ['pretrained: false', '--no-pretrained', '--weights FILE', 'squeezenet1_1-b8a52dc0.pth'])
      expect(hint).toContain(remedy)
  })

  it('freeze the body of a learner that has them', async () => {
    const l = right(await cnnLearner(data, publishing(atUrl), { linFtrs: [] })(env(inTorch('frozen')))())
    const trained = l.plan.parameters.filter((p) => p.trainable).map((p) => p.path)
    expect(trained.filter((path) => path.startsWith('body.'))).toEqual(['body.bn1.weight', 'body.bn1.bias'])
    const scratch = right(await cnnLearner(data, publishing(atUrl), { linFtrs: [], pretrained: false })(env())())
    expect(scratch.plan.parameters.every((p) => p.trainable)).toBe(true)
  })

  it('determine the normalisation, unless the data does', async () => {
    const stats = { mean: [0.25, 0.5, 0.75], std: [0.5, 0.5, 0.25] }
    const model = grafted(pretrained(publishing(atUrl)))
    const places = inTorch('stats')
    expect((await made(model, places)).data.stats).toEqual(stats)
    const imagenet = data.stats
    const said = { ...data, spec: normalise(imagenet)(data.spec) }
    expect(right(await learner({ data: said, model })(env(places))()).data.stats).toEqual(imagenet)
    expect((await made(fromScratch(model))).data.stats).toEqual(imagenet)
  })

  it('give no warning of frozen random parameters', async () => {
    expect((await made(freeze(grafted(pretrained(publishing(atUrl)))), inTorch('warned'))).plan.warnings).toEqual([])
    expect((await made(freeze(grafted(plain)))).plan.warnings).toHaveLength(1)
  })
})

describe('other names', () => {
  const norm = (key: string, n: number): Tensors =>
    Object.fromEntries(['weight', 'bias', 'running_mean', 'running_var'].map((name) => [`${key}.${name}`, [n]]))

  /** timm's keys of mobilenet_v2, from the table of its paper: outputs and repeats of each stage. */
  const stages = [
    [24, 2],
    [32, 3],
    [64, 4],
    [96, 3],
    [160, 3],
    [320, 1]
  ] as const
  const inverted = (key: string, from: number, to: number): Tensors => ({
    [`${key}.conv_pw.weight`]: [6 * from, from, 1, 1],
    ...norm(`${key}.bn1`, 6 * from),
    [`${key}.conv_dw.weight`]: [6 * from, 1, 3, 3],
    ...norm(`${key}.bn2`, 6 * from),
    [`${key}.conv_pwl.weight`]: [to, 6 * from, 1, 1],
    ...norm(`${key}.bn3`, to)
  })
  const timms: Tensors = {
    'conv_stem.weight': [32, 3, 3, 3],
    ...norm('bn1', 32),
    'blocks.0.0.conv_dw.weight': [32, 1, 3, 3],
    ...norm('blocks.0.0.bn1', 32),
    'blocks.0.0.conv_pw.weight': [16, 32, 1, 1],
    ...norm('blocks.0.0.bn2', 16),
    ...Object.assign(
      {},
      ...stages.flatMap(([to, repeats], i) =>
        Array.from({ length: repeats }, (_, j) =>
          inverted(`blocks.${i + 1}.${j}`, j === 0 ? (stages[i - 1]?.[0] ?? 16) : to, to)
        )
      )
    ),
    'conv_head.weight': [1280, 320, 1, 1],
    ...norm('bn2', 1280),
    'classifier.weight': [1000, 1280],
    'classifier.bias': [1000]
  }

  it("of timm's mobilenet_v2 lead to torchvision's, all of them", async () => {
    const l = await made(loading('timm', bytesOf(timms), mobilenet_v2))
    const values = valuesOf(timms)
    for (const [ours, theirs] of [
      ['features.0.0.weight', 'conv_stem.weight'],
      ['features.1.conv.1.weight', 'blocks.0.0.conv_pw.weight'],
      ['features.5.conv.3.bias', 'blocks.2.1.bn3.bias'],
      ['features.17.conv.2.weight', 'blocks.6.0.conv_pwl.weight'],
      ['features.18.1.running_var', 'bn2.running_var']
    ] as const)
      expect(arrived(l, ours)).toEqual([...values.get(theirs)!.data])
  })

  it("of older densenets lead to today's, and of convolutions in a classifier to its linear layers", async () => {
    const layer = nn.sequential(
      nn.named('norm1', nn.batchNorm(3)),
      nn.named('conv1', nn.conv2d(3, 2, 3, { bias: false }))
    )
    const dense = arch({
      name: 'dense',
      network: nn.sequential(
        nn.named('block', nn.sequential(nn.named('denselayer1', layer))),
        nn.named('pool', nn.maxPool2d(2)),
        nn.flatten,
        nn.named('classifier', nn.numbered(nn.linear(2 * 13 * 13, 6), nn.relu, nn.relu, nn.linear(6, 2)))
      )
    })
    const file = bytesOf({
      ...norm('block.denselayer1.norm.1', 3),
      'block.denselayer1.conv.1.weight': [2, 3, 3, 3],
      'pre_logits.fc1.weight': [6, 2, 13, 13],
      'pre_logits.fc1.bias': [6],
      'pre_logits.fc2.weight': [2, 6, 1, 1],
      'pre_logits.fc2.bias': [2]
    })
    const l = await made(pipe(dense, cutAt(3), withWeights(written('older', file)), withHead(customHead(nn.flatten))))
    expect(arrived(l, 'block.denselayer1.norm1.bias')).toEqual([2000, 2001, 2002])
    expect(arrived(l, 'classifier.0.weight').slice(0, 2)).toEqual([6000, 6001])
    expect(arrived(l, 'classifier.3.bias')).toEqual([9000, 9001])
  })
})
