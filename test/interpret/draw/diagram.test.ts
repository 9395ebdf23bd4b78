import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue, densenet121, resnet18, resnet50, squeezenet1_1 } from '../../../src/arch/index.js'
import { classification, segmentation } from '../../../src/data/index.js'
import { type Diagram, diagram, diagramDot } from '../../../src/interpret/draw/index.js'
import { figurePng, figureSvg } from '../../../src/io/index.js'
import {
  arch,
  type Arch,
  batchNorm,
  concat,
  conv2d,
  cut,
  freezeBody,
  head,
  identity,
  type Layer,
  named,
  numbered,
  relu,
  sequential,
  showShape,
  sum,
  unet,
  withHead
} from '../../../src/model/index.js'
import { archSummaryOf, plan, type Plan } from '../../../src/plan/index.js'
import { right } from '../../io/workplace.js'

const planned = (a: Arch, kind: 'none' | 'classifier' | 'unet' = 'none', size = a.input.size): Plan => {
  const task = kind === 'unet' ? segmentation(['x', 'y']) : classification(['x', 'y'])
  const input = [a.input.channels, size, size]
  const model = kind === 'none' ? a : freezeBody(withHead(kind === 'unet' ? unet() : head())(cut(a)))
  return right(plan(kind === 'none' ? { input } : { input, task })(model))
}

const own = (network: Layer, name = 'own'): Arch => arch({ name, network })

const onePart = (name: string, layer: Layer): Layer => sequential(named(name, layer))

const pathsIn = ({ nodes, edges }: Diagram): ReadonlyArray<string> =>
  [...nodes, ...edges].flatMap(({ paths }) => paths).toSorted()

const depths = [0, 1, 2, 3, Infinity]

const isWhole = (p: Plan, d: Diagram): void => {
  expect(pathsIn(d)).toEqual(p.layers.map(({ path }) => path).toSorted())
  const groupOf = new Map(p.layers.map(({ path, group }) => [path, group]))
  expect(d.nodes.filter(({ paths, group }) => paths.some((path) => groupOf.get(path) !== group))).toEqual([])
  expect(d.groups.reduce((n, { layers }) => n + layers, 0)).toBe(p.layers.length)
  expect(new Set(d.nodes.map(({ id }) => id)).size).toBe(d.nodes.length)
}

/** Every box on a way from the input to the output. */
const isConnected = ({ nodes, edges }: Diagram): void => {
  const [starts, ends] = [new Set(edges.map(({ from }) => from)), new Set(edges.map(({ to }) => to))]
  const ids = nodes.map(({ id }) => id)
  expect([...starts, ...ends].filter((id) => !ids.includes(id))).toEqual([])
  expect(nodes.filter(({ id, _tag }) => _tag !== 'Input' && !ends.has(id))).toEqual([])
  expect(nodes.filter(({ id, _tag }) => !['Output', 'CutAway'].includes(_tag) && !starts.has(id))).toEqual([])
}

describe.each(catalogue)('a diagram of $name', (a) => {
  it('has every layer once, in a box of its group, at every depth', () => {
    const p = planned(a, 'classifier')
    for (const depth of depths) {
      const d = diagram({ depth, arch: a })(p)
      isWhole(p, d)
      isConnected(d)
    }
  })
})

describe('a diagram', () => {
  it('of a U-Net goes up as it comes down, with an arrow across for every size', () => {
    const p = planned(resnet18, 'unet', 64)
    for (const depth of depths) isWhole(p, diagram({ depth })(p))
    const d = diagram()(p)
    isConnected(d)
    const across = d.edges.filter(({ way }) => way === 'across')
    const joined = across.filter(({ to }) => d.nodes.some(({ id, _tag }) => id === to && _tag === 'Concat'))
    expect(joined.map(({ shape }) => shape[1])).toEqual([4, 8, 16, 32, 64])
    expect(d.nodes.at(-1)?.rising).toBe(true)
  })

  it('draws a residual connection as an arrow that carries the identity', () => {
    const p = planned(own(onePart('block', sum(named('conv', conv2d(3, 3, 3, { padding: 1 })), identity))), 'none', 8)
    const skips = diagram()(p).edges.filter(({ way }) => way === 'skip')
    expect(skips.map(({ paths }) => paths)).toEqual([['block/identity']])
  })

  it('draws what repeats once, and says how often', () => {
    const d = diagram()(planned(resnet50))
    expect(d.repeats.map(({ times }) => times)).toEqual([2, 3, 5, 2])
    expect(diagram({ depth: Infinity })(planned(resnet50)).repeats).toEqual([])
  })

  it('says what is frozen: hatched boxes of the body, and norms that train', () => {
    const d = diagram()(planned(resnet18, 'classifier'))
    expect(d.groups.map(({ training }) => training)).toEqual(['normsTrain', 'normsTrain', 'trains'])
    expect(diagramDot(d)).toContain('class="frozen0"')
    expect(diagramDot(diagram()(planned(resnet18)))).not.toContain('class=')
  })

  it('does not put two groups in one box, wherever the second starts', () => {
    const inner = sequential(named('a', conv2d(3, 3, 1)), named('b', conv2d(3, 3, 1)), named('c', conv2d(3, 3, 1)))
    const a = arch({ name: 'own', network: sequential(named('x', inner), named('y', relu)), split: ['x.b'] })
    const model = freezeBody({ ...withHead(head())(cut(a)), body: { ...cut(a), cut: { _tag: 'NoCut' } } })
    const p = right(plan({ input: [3, 8, 8], task: classification(['x', 'y']) })(model))
    const d = diagram({ depth: 0 })(p)
    isWhole(p, d)
    expect(d.nodes.filter(({ paths }) => paths.some((path) => path.startsWith('body.x')))).toHaveLength(2)
  })

  it('marks the cut, and names the removed layers', () => {
    const d = diagram({ arch: squeezenet1_1 })(planned(squeezenet1_1, 'classifier'))
    expect(d.edges.filter(({ isCut }) => isCut)).toHaveLength(1)
    expect(d.nodes.find(({ _tag }) => _tag === 'CutAway')?.lines).toEqual(['classifier.0 – flatten'])
  })

  it.each(
    [squeezenet1_1, densenet121, resnet50].flatMap((arch) => [1, 2, Infinity].map((depth) => [arch, depth] as const))
  )("labels the cut with the body's output shape, not that of one branch (%#)", (arch, depth) => {
    const [features] = right(archSummaryOf(arch)).body.output
    const cut = diagram({ depth, arch })(planned(arch, 'classifier')).edges.filter(({ isCut }) => isCut)
    expect(cut.map(({ shape }) => shape[0])).toEqual([features])
  })

  it.each([squeezenet1_1, densenet121])(
    'labels a folded stage of a U-Net with the shape of its concatenation',
    (arch) => {
      const p = planned(arch, 'unet', 64)
      const shapes = (depth: number) =>
        new Set(diagram({ depth })(p).edges.flatMap(({ way, shape }) => (way === 'across' ? [showShape(shape)] : [])))
      expect(shapes(1)).toEqual(shapes(Infinity))
    }
  )

  it('supports branches without layers, nested branches and concatenations of features', () => {
    const odd = own(
      sequential(
        sequential(),
        sum(sum(concat(identity), identity), sequential()),
        named('bn', batchNorm(3)),
        numbered(identity)
      )
    )
    const p = planned(odd, 'none', 4)
    for (const depth of depths) isWhole(p, diagram({ depth })(p))
  })
})

describe('a picture of a diagram', () => {
  const wild = ['<b>', '"; } digraph {', '\\N\\', '&amp;', 'a -> b', '\u0000\ud800', '\n', '__proto__', 'x'.repeat(500)]

  it.each(wild)('writes the name %j as text', async (name) => {
    const net = own(sequential(named(name, conv2d(3, 3, 1)), named('conv', conv2d(3, 3, 1))), name)
    const svg = right(await figureSvg(diagram({ depth: Infinity })(planned(net, 'none', 4)))())
    expect(svg).not.toContain('<b>')
    // input, two boxes, output; the title and what is in the boxes
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(4)
    expect(svg.match(/class="node"/g)).toHaveLength(4)
  })

  it('shows special characters as they are', async () => {
    const net = own(sequential(named('\\N&amp;"<b>', conv2d(3, 3, 1))))
    const svg = right(await figureSvg(diagram()(planned(net, 'none', 4)))())
    expect(svg).toContain('\\N&amp;amp;&quot;&lt;b&gt;')
  })

  it('hatches frozen boxes, and is not a narrow strip', async () => {
    const svg = right(await figureSvg(diagram({ arch: resnet50 })(planned(resnet50, 'classifier')))())
    expect(svg).toContain('url(#frozen0)')
    const [, width = '', height = ''] = /<svg width="(\d+)pt" height="(\d+)pt"/.exec(svg) ?? []
    expect(Number(width) / Number(height)).toBeGreaterThan(0.7)
    expect(Number(width) / Number(height)).toBeLessThan(2.5)
  })

  it('is a PNG where one is wanted', async () => {
    const png = right(await figurePng(diagram()(planned(resnet18, 'unet', 64)))())
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')])
  })

  it('is the same text every time', () => {
    const text = (): string => pipe(planned(resnet18, 'classifier'), diagram(), diagramDot)
    expect(text()).toBe(text())
    expect(
      E.isRight(E.tryCatch(() => JSON.parse(JSON.stringify(diagram()(planned(resnet18)))) as unknown, String))
    ).toBe(true)
  })
})
