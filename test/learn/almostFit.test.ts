// Weights that almost fit: whatever prefix, dict or numbering they come under, what does not belong is left out and named.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import {
  arch,
  cut,
  digits,
  drawError,
  Format,
  head,
  type Model,
  nn,
  withBatchSize,
  withHead,
  withWeights
} from 'graft-vision'
import { type Data, learner, type Learner, nodeIo, openData } from 'graft-vision/node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StoredTensor } from '../../src/format/index.js'
import * as F from '../format/torchFile.js'
import { left, right, workplace } from '../io/workplace.js'

const folder = workplace()
const block = nn.sequential(nn.named('conv1', nn.conv2d(4, 6, 3)), nn.named('bn1', nn.batchNorm(6)), nn.relu)
const net = arch({
  name: 'net',
  network: nn.sequential(
    nn.named('conv1', nn.conv2d(3, 4, 3)),
    nn.named('relu', nn.relu),
    nn.named('layer1', nn.sequential(nn.named('0', block))),
    nn.named('pool', nn.maxPool2d(2)),
    nn.named('fc', nn.linear(6, 10))
  ),
  cut: 'pool'
})
const model: Model = pipe(net, cut, withHead(head({ linFtrs: [5] })))

type Shapes = Readonly<Record<string, ReadonlyArray<number>>>
const norm = (key: string, n: number): Shapes =>
  Object.fromEntries(['weight', 'bias', 'running_mean', 'running_var'].map((name) => [`${key}.${name}`, [n]]))
const body: Shapes = {
  'conv1.weight': [4, 3, 3, 3],
  'conv1.bias': [4],
  'layer1.0.conv1.weight': [6, 4, 3, 3],
  'layer1.0.conv1.bias': [6],
  ...norm('layer1.0.bn1', 6),
  'layer1.0.bn1.num_batches_tracked': []
}
const whole: Shapes = { ...body, 'fc.weight': [10, 6], 'fc.bias': [10] }
const fastaiBody: Shapes = {
  '0.weight': [4, 3, 3, 3],
  '0.bias': [4],
  '2.0.conv1.weight': [6, 4, 3, 3],
  '2.0.conv1.bias': [6],
  ...norm('2.0.bn1', 6)
}
const fastaiHead: Shapes = {
  ...norm('2', 12),
  '4.weight': [5, 12],
  '4.bias': [5],
  ...norm('6', 5),
  '8.weight': [2, 5],
  '8.bias': [2]
}
const under = (prefix: string, shapes: Shapes): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [`${prefix}${key}`, shape]))

/** Values that tell each tensor, and each `start`, from every other. */
const tensorsOf = (shapes: Shapes, start = 0): ReadonlyMap<string, StoredTensor> =>
  new Map(
    Object.entries(shapes).map(([key, shape], i) => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, j) => start + 1000 * (i + 1) + j)
      return [key, { dtype: 'F32' as const, shape, data }]
    })
  )

let count = 0
const write = (bytes: Uint8Array): string => {
  const file = join(folder, `weights-${count++}`)
  writeFileSync(file, bytes)
  return file
}
const plainFile = (shapes: Shapes): string => write(right(Format.writeSafetensors(tensorsOf(shapes))))

/** A checkpoint with a state dict under each key, as torch.save writes it. */
const checkpoint = (dicts: Readonly<Record<string, ReadonlyMap<string, StoredTensor>>>): string => {
  const storages: Array<readonly [string, Uint8Array]> = []
  const entries = Object.entries(dicts).map(([at, tensors]): readonly [string, Uint8Array] => [
    at,
    F.dict(
      [...tensors].map(([key, t]) => {
        const store = String(storages.length)
        storages.push([store, F.bytesIn(t)])
        const kept = F.storage({ dtype: t.dtype, key: store, count: t.data.length })
        return [key, F.tensor(kept, 0, t.shape, F.stridesOf(t.shape))]
      })
    )
  ])
  return write(F.zipFile(F.pickle(F.dict(entries)), storages))
}

const env = nodeIo({ cache: { home: folder, assets: [] } })
let data: Data
beforeAll(async () => {
  data = right(await openData(withBatchSize(4)(digits({ n: 8, path: join(folder, 'digits') })))(env)())
})
const made = async (file: string): Promise<Learner> =>
  right(await learner({ data, model: withWeights(file)(model) })(env)())
const refused = async (file: string): Promise<string> =>
  drawError(left(await learner({ data, model: withWeights(file)(model) })(env)()))
const at = (l: Learner, path: string): number => l.state.get(path)![0]!

describe('a prefix before every key', () => {
  it.each([
    'module.',
    'model.',
    '_orig_mod.module.',
    'net.backbone.',
    'encoder.',
    'module.encoder_q.',
    'a.b.c.d.',
    'features.'
  ])('%s is stripped', async (prefix) => {
    const l = await made(plainFile(under(prefix, whole)))
    expect([at(l, 'body.conv1.weight'), at(l, 'body.layer1.0.bn1.running_var')]).toEqual([1000, 8000])
    expect(l.plan.warnings).toEqual([])
  })
  it('and a wrapper within the keys are stripped together', async () => {
    const wrapped = Object.fromEntries(
      Object.entries(whole).map(([key, shape]) => [`net.${key.replace('layer1.', 'layer1.module.')}`, shape])
    )
    expect(at(await made(plainFile(wrapped)), 'body.layer1.0.conv1.weight')).toBe(3000)
  })
  it('leaves out tensors without the prefix, and names them', async () => {
    const file = plainFile({ ...under('model.', whole), 'criterion.weight': [3], n_averaged: [] })
    const l = await made(file)
    expect(at(l, 'body.conv1.weight')).toBe(1000)
    expect(l.plan.warnings).toEqual([
      `${file}: left out 2 tensors that net does not have: criterion.weight, n_averaged`
    ])
  })
  it('does not make a larger network fit', async () => {
    const said = await refused(plainFile({ ...whole, ...under('layer1.1.', { 'conv1.weight': [6, 6, 3, 3] }) }))
    expect(said).toMatch(/layer1\.1\.conv1\.weight\n├─ expected a key of net\n├─ found an unexpected key/)
  })
})

describe('several state dicts in a file', () => {
  it('lead to the one that fits', async () => {
    const file = checkpoint({ generator: tensorsOf({ 'conv1.weight': [4, 3, 5, 5] }), net_ema: tensorsOf(whole) })
    const l = await made(file)
    expect(at(l, 'body.conv1.weight')).toBe(1000)
    expect(l.plan.warnings).toEqual([`${file}: the weights are those under net_ema`])
  })
  it('are an error that asks for a name if several fit', async () => {
    const file = checkpoint({ model: tensorsOf(whole), model_ema: tensorsOf(under('module.', whole), 0.5) })
    expect(await refused(file)).toMatch(
      /expected exactly one state dict that fits\n├─ found 2 that fit, with different values: model, model_ema\n└─ choose one: withWeights\('.*#model_ema'\)/
    )
    expect(at(await made(`${file}#model`), 'body.conv1.weight')).toBe(1000)
    expect(at(await made(`${file}#model_ema`), 'body.conv1.weight')).toBe(1000.5)
    expect(await refused(`${file}#other`)).toMatch(/expected one of model, model_ema/)
  })
  it('are also an error if they are one dict with two prefixes', async () => {
    const both = new Map([...tensorsOf(under('student.', whole)), ...tensorsOf(under('teacher.', whole), 0.5)])
    const file = write(right(Format.writeSafetensors(both)))
    expect(await refused(file)).toContain('student, teacher')
    expect(at(await made(`${file}#teacher`), 'body.conv1.weight')).toBe(1000.5)
  })
  it('with equal values are one', async () => {
    expect(at(await made(checkpoint({ model: tensorsOf(whole), ema: tensorsOf(whole) })), 'body.conv1.bias')).toBe(2000)
  })
})

describe("fastai's numbering", () => {
  it('is mapped by position onto body and head', async () => {
    const l = await made(checkpoint({ model: tensorsOf({ ...under('0.', fastaiBody), ...under('1.', fastaiHead) }) }))
    const paths = ['body.conv1.weight', 'body.layer1.0.bn1.running_var', 'head.2.weight', 'head.8.bias']
    expect(paths.map((path) => at(l, path))).toEqual([1000, 8000, 9000, 20000])
    expect(l.plan.warnings).toEqual([])
  })
  it('of a body alone', async () => {
    expect(at(await made(plainFile(fastaiBody)), 'body.layer1.0.conv1.bias')).toBe(4000)
  })
  it('of version 2, whose linear layers have no bias, gives zeros for it', async () => {
    const { '4.bias': _, '8.bias': __, ...head2 } = fastaiHead
    const l = await made(plainFile({ ...under('0.', fastaiBody), ...under('1.', head2) }))
    expect([at(l, 'head.4.weight'), at(l, 'head.4.bias'), at(l, 'head.8.bias')]).toEqual([13000, 0, 0])
  })
  it('of other classes provides the layers of the head that fit, with a warning', async () => {
    const ten = { ...fastaiHead, '8.weight': [10, 5], '8.bias': [10] }
    const l = await made(plainFile({ ...under('0.', fastaiBody), ...under('1.', ten) }))
    expect(at(l, 'head.6.weight')).toBe(15000)
    expect(Math.abs(at(l, 'head.8.weight'))).toBeLessThan(2)
    expect(l.plan.warnings.join()).toMatch(/in the head, head\.8 and the layers after it are initialised randomly/)
  })
})

describe('what does not fit', () => {
  it('is reported in at most ten lines and a count', async () => {
    const many = Array.from({ length: 300 }, (_, i) => [`layer1.0.more${i}.weight`, [1]] as const)
    const said = (await refused(plainFile({ ...whole, ...Object.fromEntries(many) }))).split('\n')
    expect(said).toHaveLength(13)
    expect(said[0]).toMatch(/^300 mistakes in /)
    expect(said[1]).toBe('├─ WeightsError at layer1.0.more0.weight: expected a key of net, found an unexpected key')
    expect(said.slice(-2)).toEqual(['├─ and 290 more', '└─ remove it, or use its architecture'])
  })
  it('at all is one error that shows the keys of both sides', async () => {
    const said = await refused(plainFile({ 'patch_embed.proj.weight': [768, 3, 16, 16], 'norm.weight': [768] }))
    expect(said).toContain('expected weights of net: conv1.weight 4×3×3×3')
    expect(said).toContain('found none of them: patch_embed.proj.weight 768×3×16×16')
  })
  it.each(['I8', 'U8', 'I64', 'BOOL'] as const)('includes integer weights: %s', async (dtype) => {
    const tensors = new Map(tensorsOf(whole))
    const data = dtype === 'I64' ? new BigInt64Array(4) : dtype === 'I8' ? new Int8Array(4) : new Uint8Array(4)
    tensors.set('conv1.bias', { dtype, shape: [4], data })
    const said = await refused(write(right(Format.writeSafetensors(tensors))))
    expect(said).toContain(`conv1.bias\n├─ expected floating-point numbers (F64, F32, F16, BF16)\n├─ found ${dtype}`)
  })
  it('is one error for a whole network of integers', async () => {
    const tensors = new Map(
      [...tensorsOf(whole)].map(([key, { shape, data }]) => [
        key,
        { dtype: 'I8' as const, shape, data: Int8Array.from(data as Float32Array) }
      ])
    )
    const said = await refused(write(right(Format.writeSafetensors(tensors))))
    expect(said).toMatch(/^WeightsError at .*conv1\.weight\n/)
    expect(said).toMatch(/found I8 \(\d+ tensors\)/)
  })
  it('is one error for tensors that cannot be read beside others', async () => {
    const eight = F.call(F.name('torch._utils', '_rebuild_qtensor'), F.whole(1))
    const entries = [...tensorsOf(whole)].map(([key, { shape }]): readonly [string, Uint8Array] => [
      key,
      shape.length > 1
        ? eight
        : F.tensor(F.storage({ dtype: 'F32', key: 'a', count: 10 }), 0, shape, F.stridesOf(shape))
    ])
    const said = await refused(
      write(F.zipFile(F.pickle(F.dict([['state_dict', F.dict(entries)]])), [['a', new Uint8Array(40)]]))
    )
    expect(said.split('\n')).toEqual([
      expect.stringMatching(/^WeightsError at .*conv1\.weight$/),
      '├─ expected a tensor of floating-point numbers',
      '├─ found an object of torch._utils._rebuild_qtensor (2 keys)',
      expect.stringContaining('convert the tensors')
    ])
  })
  it('includes NaN', async () => {
    const tensors = new Map(tensorsOf(whole))
    const bias = tensors.get('conv1.bias')!
    tensors.set('conv1.bias', { ...bias, data: Float32Array.of(1, NaN, 2, Infinity) })
    const said = await refused(write(right(Format.writeSafetensors(tensors))))
    expect(said).toMatch(/WeightsError at .*conv1\.bias\n├─ expected finite weights\n├─ found NaN in 2 of 4 values/)
  })
})
