/** Descriptions that plain JavaScript makes with values of other types: errors that name the field, never a throw. */
import { pipe } from 'fp-ts/lib/function.js'
import * as g from 'graft-vision'
import { nodeIo, openData } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { checkSpec } from '../../src/data/index.js'
import { left } from '../io/workplace.js'

/** What plain JavaScript may pass to a function. */
const untyped = (f: unknown): ((...args: ReadonlyArray<unknown>) => unknown) => f as never

const made = (f: unknown, ...args: ReadonlyArray<unknown>): unknown => untyped(f)(...args)
const changed = (f: unknown, ...args: ReadonlyArray<unknown>): unknown =>
  untyped(made(f, ...args))(g.imageFolder('photos'))

const cases: ReadonlyArray<readonly [what: string, spec: unknown, paths: ReadonlyArray<string>]> = [
  ['imageMasks, masks', made(g.imageMasks, 'scenes', { masks: 'labels' }), ['data.source.masks']],
  ['imageMasks, codes', made(g.imageMasks, 'scenes', { codes: 3 }), ['data.source.codes']],
  ['imageMasks, ignore', made(g.imageMasks, 'scenes', { ignore: 255 }), ['data.source.ignore']],
  ['imageMasks, values', made(g.imageMasks, 'scenes', { codes: ['a'], values: ['a'] }), ['data.source.values']],
  ['imageMasks, images', made(g.imageMasks, 'scenes', { images: 3 }), ['data.source.images']],
  ['imageMasks, no path', made(g.imageMasks), ['data.source.path']],
  ['imageImages, targets', made(g.imageImages, 'photos', { targets: 'sharp' }), ['data.source.targets']],
  ['imageImages, channels', made(g.imageImages, 'photos', { channels: '3' }), ['data.source.channels']],
  ['imageFolder, no path', made(g.imageFolder), ['data.source.path']],
  ['imageFolder, a number', made(g.imageFolder, 3), ['data.source.path']],
  ['imageFolder, classes', made(g.imageFolder, 'photos', { classes: 'cat' }), ['data.source.classes']],
  ['imageFolder, train', made(g.imageFolder, 'photos', { train: ['a', 'b'] }), ['data.source.train']],
  ['imageFolder, holdout', made(g.imageFolder, 'photos', { holdout: 0.2 }), ['data.source.holdout']],
  ['imageFolder, a function', made(g.imageFolder, 'photos', { holdout: g.holdoutByPct }), ['data.source.holdout']],
  ['imageFolder, classFrom', made(g.imageFolder, 'photos', { classFrom: 'outer' }), ['data.source.classFrom']],
  ['imageCsv, csv', made(g.imageCsv, 'pets', { csv: 3 }), ['data.source.csv']],
  ['imageCsv, labelCol', made(g.imageCsv, 'pets', { labelCol: [null] }), ['data.source.labelCol']],
  ['imageCsv, fnCol', made(g.imageCsv, 'pets', { fnCol: ['name'] }), ['data.source.fnCol']],
  [
    'imageCsv, several',
    made(g.imageCsv, 'pets', { delimiter: 3, header: 'no', labels: 'class', suffix: 1 }),
    ['data.source.delimiter', 'data.source.header', 'data.source.suffix', 'data.source.labels']
  ],
  ['fromNameRe, a regular expression', made(g.fromNameRe, 'pets', /(.*)_1/), ['data.source.pattern']],
  ['digits, n and path', made(g.digits, { n: '64', path: 3 }), ['data.source.train', 'data.source.path']],
  ['archive, no url', made(g.archive), ['data.source.url']],
  ['archive, layout', made(g.archive, 'https://x/y.tgz', { valid: 3 }), ['data.source.layout.valid']],
  ['withSize', changed(g.withSize, '224'), ['data.size']],
  ['withSize, an object', changed(g.withSize, { height: 3 }), ['data.size']],
  ['withSize, nothing', changed(g.withSize), ['data.size']],
  ['withResize', changed(g.withResize, 'stretch'), ['data.resize']],
  ['withBatchSize', changed(g.withBatchSize, '4'), ['data.bs']],
  ['normalise', changed(g.normalise, 'imagenet'), ['data.normalise']],
  ['normalise, nothing', changed(g.normalise), ['data.normalise']],
  ['withTransforms', changed(g.withTransforms, 'default'), ['data.transforms']],
  ['withTransforms, a function', changed(g.withTransforms, g.getTransforms), ['data.transforms']],
  ['withTransforms, functions', changed(g.withTransforms, [g.Transform.flipLr, null]), ['data.transforms']],
  ['withColour', changed(g.withColour, 'srgb'), ['data.colour']],
  ['withOrientation', changed(g.withOrientation, true), ['data.orientation']],
  ['withRange', changed(g.withRange, 4095), ['data.range']],
  ['withVerify', changed(g.withVerify, true), ['data.verify']],
  ['withShuffle', changed(g.withShuffle, 'no'), ['data.shuffle']],
  ['a path', 'photos', ['data']],
  ['nothing', undefined, ['data']],
  ['null', null, ['data']],
  ['an empty object', {}, ['data.source']],
  ['an unknown source', { source: { _tag: 'Folder', path: 'photos' } }, ['data.source']]
]

describe('a description of another shape', () => {
  it.each(cases)('%s', async (_, spec, paths) => {
    const wrong = checkSpec(spec as g.DataSpec)
    expect(wrong.map(({ _tag, path }) => [_tag, path])).toEqual(paths.map((path) => ['BadSpec', path]))
    for (const { hint, found } of wrong) expect([hint.startsWith('use '), found.length > 0]).toEqual([true, true])
    left(await openData(spec as g.DataSpec)(nodeIo())())
  })

  it('is not one that graft makes', () => {
    const specs = [
      g.imageFolder('a', { train: 'x', classes: ['p', 'q'], classFrom: 2, holdout: g.holdoutByPct(0.1) }),
      g.fromNameRe('a', '(.)'),
      g.digits({ n: 8, path: 'd' }),
      g.archive('https://x/y.tgz', { test: 't' }),
      g.imageMasks('a', { values: { 0: 'x', 255: null }, masks: g.masksBy('f', (image) => image) }),
      g.imageMasks('a', { colours: 'colours.txt', masks: g.masksByPattern('a', 'b') }),
      g.imageImages('a', { targets: g.targetsIn('b') }),
      g.imageCsv('a', { fnCol: 0, labelCol: ['x', 3], header: true, labels: 'labels' }),
      pipe(
        g.imageFolder('a'),
        g.withSize([3, 4]),
        g.withResize('pad'),
        g.normalise(g.imagenetStats),
        g.withTransforms(g.getTransforms()),
        g.withRange([0, 4095])
      )
    ]
    for (const spec of specs) expect(checkSpec(spec)).toEqual([])
  })
})
