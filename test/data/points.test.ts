// Points: the names that change places, columns of tables, and positions after drawn transforms.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transforms } from '../../laws/arbitrary/transforms.js'
import {
  arrangeTable,
  type CsvOptions,
  holdoutByGroup,
  holdoutStratified,
  imageCsv,
  type ImageCsv,
  mirroredOrder,
  type Pixels,
  points,
  pointsFrom,
  type Points,
  settleTable,
  sidePairs,
  tableOf,
  Transform
} from '../../src/data/index.js'
import { applyTransforms, framedPoints, pointFrame, unframedPoints } from '../../src/data/pixel/index.js'

const pointsTask = (names: ReadonlyArray<string>, swap?: ReadonlyArray<readonly [string, string]>): Points =>
  points(names, swap === undefined ? {} : { swap }) as Points

describe('default pairs of swap', () => {
  it('are those that differ only in left and right', () => {
    const names = ['leftEye', 'rightEye', 'nose', 'mouth_left', 'mouth_right', 'L ear', 'R ear', 'bright', 'left']
    expect(sidePairs(names)).toEqual([
      ['leftEye', 'rightEye'],
      ['mouth_left', 'mouth_right'],
      ['L ear', 'R ear']
    ])
  })

  it('exchange their indices', () => {
    expect(mirroredOrder(pointsTask(['leftEye', 'nose', 'rightEye']))).toEqual([2, 1, 0])
    expect(mirroredOrder(pointsTask(['a', 'b', 'c'], [['c', 'a']]))).toEqual([2, 1, 0])
    expect(mirroredOrder(pointsTask(['leftEye', 'rightEye'], []))).toEqual([0, 1])
  })
})

describe('columns of points', () => {
  const files = ['a.png', 'b.png', 'c.png']
  const settled = (table: string, options: Omit<CsvOptions, 'labels' | 'labelDelim'> = {}) => {
    const source = pointsFrom('faces', options).source as ImageCsv
    const listing = { files, folders: [] }
    return pipe(
      tableOf(source, listing)(new TextEncoder().encode(table)),
      E.bindTo('found'),
      E.bind('arranged', ({ found }) => arrangeTable(source, found)(listing)),
      E.chain(({ found, arranged }) => settleTable(source, found, () => true)(arranged)),
      E.map(({ task, train, valid }) => ({
        task,
        targets: Object.fromEntries([...train, ...valid].map(({ file, target }) => [file, target]))
      }))
    )
  }
  const a = (target: ReadonlyArray<number>) => ({ 'a.png': target, 'b.png': [5, 6, 7, 8] })

  it.each([
    [
      'name_x and name_y',
      'file,leftEye_x,leftEye_y,rightEye_x,rightEye_y\na.png,1,2,3,4\nb.png,5,6,7,8',
      ['leftEye', 'rightEye']
    ],
    [
      'nameX and nameY, in any order',
      'file,noseX,age,chinX,chinY,noseY\na.png,1,30,3,4,2\nb.png,5,31,7,8,6',
      ['nose', 'chin']
    ],
    ['x_name and y_name', 'file,x_nose,y_nose,x_chin,y_chin\na.png,1,2,3,4\nb.png,5,6,7,8', ['nose', 'chin']],
    ['x1 and y1', 'file,x1,y1,x2,y2\na.png,1,2,3,4\nb.png,5,6,7,8', ['1', '2']],
    ['no header', 'a.png,1,2,3,4\nb.png,5,6,7,8', ['1', '2']]
  ])('are recognised: %s', (_, table, names) => {
    expect(settled(table)).toEqual(E.right({ task: points(names), targets: a([1, 2, 3, 4]) }))
  })

  it.each([
    ['file,leftEye_x,leftEye_y,age\na.png,1,2,30\nb.png,3,4,40', 'leftEye_x, leftEye_y'],
    ['file,x,y\na.png,1,2\nb.png,3,', 'x, y']
  ])('are not taken for classes if the table is opened without saying so', (table, columns) => {
    const { source } = imageCsv('faces')
    if (source._tag !== 'ImageCsv') throw new Error('it is')
    const found = tableOf(source, { files: ['a.png', 'b.png'], folders: [] })(new TextEncoder().encode(table))
    expect(found).toMatchObject(E.left({ _tag: 'BadTable', found: `coordinates of points: ${columns}` }))
    expect(E.isLeft(found) && found.left.hint).toContain("labels: 'points'")
  })

  it('are listed by labelCol, x and y in turn, if they have other names', () => {
    const table = 'file,col,row,right,down\na.png,1,2,3,4\nb.png,5,6,7,8'
    expect(settled(table, { labelCol: ['col', 'row', 'right', 'down'] })).toEqual(
      E.right({ task: points(['1', '2']), targets: a([1, 2, 3, 4]) })
    )
  })

  it('give the requested points, in the requested order, and NaN for missing ones', () => {
    const table = 'file,nose_x,nose_y,leftEye_x,leftEye_y,rightEye_x,rightEye_y\na.png,1,2,,,5,6\nb.png,1,2,3,4,NaN,NaN'
    expect(settled(table, { classes: ['rightEye', 'leftEye'] })).toEqual(
      E.right({
        task: points(['rightEye', 'leftEye']),
        targets: { 'a.png': [5, 6, NaN, NaN], 'b.png': [NaN, NaN, 3, 4] }
      })
    )
  })

  it.each([
    ['a word', 'file,nose_x,nose_y\na.png,1,2\nb.png,left,4', 'BadTable', 'line 3', 'a finite number'],
    ['one coordinate', 'file,nose_x,nose_y\na.png,1,2\nb.png,,4', 'BadTable', 'line 3', 'both coordinates'],
    ['a short row', 'file,nose_x,nose_y\na.png,1,2\nb.png,3', 'BadTable', 'line 3', '3 columns'],
    ['no columns of points', 'file,nose,eye\na.png,1,2', 'BadTable', 'labels.csv', 'nose_x and nose_y'],
    ['no point', 'file,nose_x,nose_y\na.png,,\nb.png,,', 'NoImages', 'labels.csv', 'with points']
  ])('are an error that names the place of the mistake: %s', (_, table, tag, at, expected) => {
    const found = settled(table)
    if (E.isRight(found)) throw new Error('an error was expected')
    expect(found.left._tag).toBe(tag)
    expect(found.left.path).toContain(at)
    expect(found.left.expected).toContain(expected)
  })

  it.each([
    [{ swap: [['nose', 'chin']] as const }, 'data.source.swap'],
    [{ swap: [['nose', 'nose']] as const }, 'data.source.swap'],
    [{ classes: ['chin'] }, 'data.source.classes']
  ])('reject options that name no such points: %j', (options, path) => {
    expect(settled('file,nose_x,nose_y\na.png,1,2\nb.png,3,4', options)).toMatchObject(
      E.left({ _tag: 'BadSpec', path })
    )
  })

  it('keep groups together, and have no classes to stratify by', () => {
    const table = 'file,who,nose_x,nose_y\na.png,1,1,2\nb.png,1,3,4\nc.png,2,5,6'
    const byPerson = settled(table, { holdout: holdoutByGroup('who', 0.3) })
    expect(E.map(({ targets }: { readonly targets: object }) => Object.keys(targets).length)(byPerson)).toEqual(
      E.right(3)
    )
    const stratified = settled(table, { holdout: holdoutStratified(0.3) })
    expect(stratified).toMatchObject(E.left({ _tag: 'BadTable', found: 'points' }))
  })

  it.each([
    [
      'a point a key',
      [
        { f: 'a.png', nose: [1, 2], chin: [3, 4] },
        { f: 'b.png', nose: null, chin: [7, 8] }
      ],
      ['nose', 'chin']
    ],
    [
      'points by name',
      [
        { f: 'a.png', at: { nose: [1, 2], chin: [3, 4] } },
        { f: 'b.png', at: { chin: [7, 8] } }
      ],
      ['nose', 'chin']
    ],
    [
      'one list',
      [
        { f: 'a.png', points: [1, 2, 3, 4] },
        { f: 'b.png', points: [null, null, 7, 8] }
      ],
      ['1', '2']
    ],
    [
      'pairs',
      [
        {
          f: 'a.png',
          points: [
            [1, 2],
            [3, 4]
          ]
        },
        { f: 'b.png', points: [null, [7, 8]] }
      ],
      ['1', '2']
    ]
  ])('may be lists in JSON Lines: %s', (_, records, names) => {
    const lines = records.map((record) => JSON.stringify(record)).join('\n')
    expect(settled(lines, { csv: 'points.jsonl' })).toEqual(
      E.right({ task: points(names), targets: { 'a.png': [1, 2, 3, 4], 'b.png': [NaN, NaN, 7, 8] } })
    )
  })

  it('in JSON Lines must have the same number of coordinates in each line', () => {
    const lines = '{"f":"a.png","points":[1,2,3,4]}\n{"f":"b.png","points":[1,2]}'
    expect(settled(lines, { csv: 'points.jsonl' })).toMatchObject(
      E.left({ _tag: 'BadTable', path: 'faces/points.jsonl: line 2', found: '"[1,2]"' })
    )
  })
})

// -------------------------------------------------------------------------------------------------------------------
// positions
// -------------------------------------------------------------------------------------------------------------------

const [height, width] = [90, 120]
/** Four points, the first two of which change places in a mirrored image. */
const names = ['left', 'right', 'top', 'bottom']
const places = [40, 42, 76, 46, 58, 30, 62, 58]

/** An image of a spot. */
const spotAt = (x: number, y: number): Pixels => {
  const data = new Uint8Array(height * width)
  for (let row = -2; row <= 2; row++) for (let col = -2; col <= 2; col++) data[(y + row) * width + x + col] = 255
  return { height, width, channels: 1, data }
}

/** The centre of the light, and how far it reaches from there. */
const lightOf = ({ width: w, height: h, data }: Pixels) => {
  const all = [...data].flatMap((v, i) => (v < 64 ? [] : [{ x: i % w, y: Math.floor(i / w), v }]))
  const sum = all.reduce((s, { v }) => s + v, 0)
  const x = all.reduce((s, one) => s + one.v * one.x, 0) / sum
  const y = all.reduce((s, one) => s + one.v * one.y, 0) / sum
  const near = all.every((one) => one.x > 1 && one.y > 1 && one.x < w - 2 && one.y < h - 2)
  const reach = Math.max(0, ...all.map((one) => Math.hypot(one.x - x, one.y - y)))
  return { x, y, sum, whole: near && reach < 14 }
}

/** Transforms of places alone; light and noise would change the spot. */
const places2d = new Set<string>([
  'CropPad',
  'Pad',
  'Presize',
  'RandomResizedCrop',
  'FlipLr',
  'Dihedral',
  'DihedralAffine',
  'Rotate',
  'Zoom',
  'Squish',
  'ZoomSquish',
  'SymmetricWarp',
  'PerspectiveWarp',
  'Tilt',
  'Skew',
  'Translate',
  'TranslateRel',
  'Shear',
  'RotateNearest'
])

describe('points after drawn transforms', () => {
  it('are where the marked pixels are, with names exchanged in mirrored images', () => {
    let [seen, mirrored] = [0, 0]
    fc.assert(
      fc.property(
        fc.array(
          transforms.filter(({ _tag }) => places2d.has(_tag)),
          { maxLength: 4 }
        ),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom('crop' as const, 'pad' as const, 'squish' as const),
        (list, seed, resize) => {
          const drawn = Transform.drawAll(seed)(list)
          const task = pointsTask(names)
          const sides = [64, 72] as const
          const frame = pointFrame({
            own: [height, width],
            decoded: { size: O.none, resize },
            transforms: drawn,
            sides,
            resize
          })
          const found = framedPoints(task, frame)(places)
          const look = applyTransforms(drawn, { size: O.some(sides), resize, padding: 'zeros' })
          // in a mirrored image, the place of the left one is called right
          const order = frame[0] * frame[4] - frame[1] * frame[3] < 0 ? [1, 0, 2, 3] : [0, 1, 2, 3]
          names.forEach((_, i) => {
            const light = lightOf(look(spotAt(places[2 * i]!, places[2 * i + 1]!)))
            const at = order[i]!
            const [x, y] = [found[2 * at]!, found[2 * at + 1]!]
            if (!light.whole || light.sum < 2000 || Number.isNaN(x)) return
            seen += 1
            if (order[0] === 1) mirrored += 1
            expect(Math.abs(((x + 1) * sides[1] - 1) / 2 - light.x)).toBeLessThan(1.5)
            expect(Math.abs(((y + 1) * sides[0] - 1) / 2 - light.y)).toBeLessThan(1.5)
          })
        }
      ),
      { numRuns: 300, seed: 7 }
    )
    // most spots are found, in mirrored images too
    expect(seen).toBeGreaterThan(400)
    expect(mirrored).toBeGreaterThan(80)
  })

  it('map back to the pixels of the original image', () => {
    fc.assert(
      fc.property(fc.array(transforms, { maxLength: 4 }), fc.integer({ min: 0, max: 1000 }), (list, seed) => {
        const drawn = Transform.drawAll(seed)(list)
        const task = pointsTask(names)
        const frame = pointFrame({
          own: [height, width],
          decoded: { size: O.some(80), resize: 'crop' },
          transforms: drawn,
          sides: [64, 72],
          resize: 'crop'
        })
        const there = framedPoints(task, frame)(places)
        // what a perspective puts behind the viewer is missing
        const back = unframedPoints(task, frame)(there)
        back.forEach((value, i) => {
          if (Number.isFinite(value)) expect(Math.abs(value - places[i]!)).toBeLessThan(0.02)
        })
      }),
      { numRuns: 200 }
    )
  })

  it('exchange names in mirrored images, but not in rotated ones', () => {
    const xOf = (drawn: ReadonlyArray<Transform.DrawnTransform>): ReadonlyArray<number> => {
      const task = pointsTask(['left', 'right'])
      const how = { own: [10, 10], sides: [10, 10], decoded: { size: O.none, resize: 'crop' }, resize: 'crop' } as const
      return framedPoints(
        task,
        pointFrame({ ...how, transforms: drawn })
      )([0, 4.5, 9, 4.5]).map((v) => Math.round(v * 10) / 10 + 0)
    }
    expect(xOf([])).toEqual([-0.9, 0, 0.9, 0])
    expect(xOf([{ _tag: 'FlipLr' }])).toEqual([-0.9, 0, 0.9, 0])
    // upside down without a mirror: left is at the right
    expect(xOf([{ _tag: 'Dihedral', k: 3 }])).toEqual([0.9, 0, -0.9, 0])
    expect(xOf([{ _tag: 'FlipLr' }, { _tag: 'Dihedral', k: 3 }])).toEqual([0.9, 0, -0.9, 0])
    expect(xOf([{ _tag: 'DihedralAffine', k: 1 }])).toEqual([-0.9, 0, 0.9, 0])
  })

  it('keep their names in mirrored images if swap is empty', () => {
    const task = pointsTask(['left', 'right'], [])
    const how = { own: [10, 10], sides: [10, 10], decoded: { size: O.none, resize: 'crop' }, resize: 'crop' } as const
    const frame = pointFrame({ ...how, transforms: [{ _tag: 'FlipLr' }] })
    const [left, , right] = framedPoints(task, frame)([0, 4.5, 9, 4.5])
    expect([left! > 0, right! < 0]).toEqual([true, true])
  })

  it('may be outside a crop, at their true position', () => {
    const task = pointsTask(['corner'])
    const transforms = [{ _tag: 'CropPad', row: 1, col: 1 }] as const
    const how = { own: [20, 20], sides: [10, 10], decoded: { size: O.none, resize: 'crop' }, resize: 'crop' } as const
    const presized = [
      { _tag: 'Presize', pixels: 20 },
      { _tag: 'Zoom', scale: 2, row: 1, col: 1 },
      ...transforms
    ] as const
    const frame = pointFrame({ ...how, transforms: presized })
    const [x, y] = framedPoints(task, frame)([0, 0])
    expect([x! < -1, y! < -1]).toEqual([true, true])
    unframedPoints(task, frame)([x!, y!]).forEach((value) => expect(value).toBeCloseTo(0, 4))
  })
})
