/**
 * Checks the types of a description's fields at run time, because descriptions made in plain JavaScript were not
 * type-checked.
 */
import { badSpec, type DataError } from './DataError.js'
import type { DataSpec } from './DataSpec.js'
import type { Holdout } from './holdouts/Holdout.js'
import type { Source } from './sources/Source.js'
import { transformKinds } from './transforms/transformKinds.js'

/** A type that a value can be checked for, and how to write one. */
interface Shape {
  readonly expects: string
  readonly is: (u: unknown) => boolean
  readonly example: string
}

type Fields<A> = { readonly [K in keyof A]: Shape }

const shape = (expects: string, is: Shape['is'], example: string): Shape => ({ expects, is, example })

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

const isTagged = (u: unknown, ...tags: ReadonlyArray<string>): u is Readonly<Record<string, unknown>> =>
  isRecord(u) && tags.includes(String(u['_tag']))

const isText = (u: unknown): u is string => typeof u === 'string'
const isNumber = (u: unknown): u is number => typeof u === 'number'
const isListOf =
  (is: Shape['is']) =>
  (u: unknown): boolean =>
    Array.isArray(u) && u.every(is)

const text = shape('text', isText, "'name'")
const number = shape('a number', isNumber, '1')
const flag = shape('true or false', (u) => typeof u === 'boolean', 'true')
const texts = shape('a list of text', isListOf(isText), "['a', 'b']")
const numbers = shape('a list of numbers', isListOf(isNumber), '[255]')
const oneOf = (...words: ReadonlyArray<string>): Shape =>
  shape(`one of ${words.join(', ')}`, (u) => isText(u) && words.includes(u), `'${words[0] ?? ''}'`)
const either = (a: Shape, b: Shape): Shape =>
  shape(`${a.expects} or ${b.expects}`, (u) => a.is(u) || b.is(u), a.example)

/** A value inside an `Option`. */
const optional = ({ expects, is, example }: Shape): Shape =>
  shape(expects, (u) => isTagged(u, 'None') || (isTagged(u, 'Some') && is(u['value'])), example)

const pair = shape(
  'two numbers',
  (u) => isListOf(isNumber)(u) && (u as ReadonlyArray<number>).length === 2,
  '[0, 4095]'
)
const isNumberedRecord = (u: unknown): boolean => isRecord(u) && !Array.isArray(u) && !(u instanceof Map)
const map = shape(
  'an object with a name for each value',
  (u) => isNumberedRecord(u) && Object.values(u as object).every((name) => name === null || isText(name)),
  "{ 0: 'background', 255: 'cell' }"
)
const column = either(text, number)
const columns = shape('a list of columns, by name or number', isListOf(column.is), "['cat', 'dog']")

const pairs = shape(
  'pairs of names',
  isListOf((u) => texts.is(u) && (u as ReadonlyArray<string>).length === 2),
  "[['leftEye', 'rightEye']]"
)

const isGrouping = (u: unknown): boolean => column.is(u) || (isRecord(u) && isText(u['pattern']))
const isDrawn = (u: Readonly<Record<string, unknown>>): boolean => isNumber(u['pct']) && isNumber(u['seed'])
const isFunction = (u: unknown): boolean => isRecord(u) && typeof u['run'] === 'function'

const holdouts: { readonly [T in Holdout['_tag']]: (u: Readonly<Record<string, unknown>>) => boolean } = {
  Auto: () => true,
  ByFolder: () => true,
  ByPct: isDrawn,
  Stratified: isDrawn,
  ByGroup: (u) => isDrawn(u) && isGrouping(u['by']),
  ByFile: (u) => isText(u['file']),
  ByList: (u) => texts.is(u['files']),
  ByColumn: (u) => column.is(u['column']),
  ByFunction: (u) => isFunction(u['f']),
  Fold: (u) =>
    isNumber(u['fold']) &&
    isNumber(u['k']) &&
    flag.is(u['stratified']) &&
    isTagged(u['group'], 'None', 'Some') &&
    (u['group']['_tag'] === 'None' || isGrouping(u['group']['value'])) &&
    isNumber(u['seed'])
}

const holdout = shape(
  'a holdout',
  (u) => isTagged(u, ...Object.keys(holdouts)) && holdouts[u['_tag'] as Holdout['_tag']](u),
  'holdoutByPct(0.2)'
)

const naming = (example: string): Shape =>
  shape(
    'how the files are named',
    (u) =>
      (isTagged(u, 'InFolder') && isText(u['folder'])) ||
      (isTagged(u, 'ByPattern') && isText(u['pattern']) && isText(u['replacement'])) ||
      (isTagged(u, 'ByFunction') && isRecord(u['f']) && typeof u['f']['run'] === 'function'),
    example
  )

const layout = {
  train: optional(text),
  valid: optional(text),
  test: optional(text),
  holdout,
  classes: optional(texts),
  classFrom: optional(either(oneOf('top', 'parent'), number))
}

const table = {
  fnCol: optional(column),
  labelCol: optional(columns),
  validCol: optional(column),
  weightCol: optional(column),
  labelDelim: optional(text),
  folder: text,
  suffix: text,
  labels: oneOf('auto', 'classes', 'labels', 'numbers', 'points'),
  holdout,
  classes: optional(texts),
  swap: optional(pairs)
}

type Sources = { readonly [T in Source['_tag']]: Fields<Omit<Extract<Source, { readonly _tag: T }>, '_tag'>> }

const sources: Sources = {
  ImageFolder: { path: text, ...layout },
  FromNameRe: { path: text, pattern: shape('a regular expression, as text', isText, "'([^/]+)_[0-9]+'"), ...layout },
  FromNameFunc: {
    path: text,
    f: shape('a named function', isFunction, '(file) => file'),
    ...layout
  },
  Digits: { train: number, valid: number, seed: number, path: optional(text) },
  Archive: { url: text, layout: shape('folders', isRecord, '{}') },
  ImageMasks: {
    path: text,
    images: text,
    masks: naming("masksIn('labels')"),
    codes: either(texts, text),
    ignore: numbers,
    values: optional(map),
    colours: optional(either(map, text)),
    holdout
  },
  ImageImages: { path: text, images: text, targets: naming("targetsIn('targets')"), channels: number, holdout },
  ImageCsv: {
    path: text,
    csv: text,
    delimiter: optional(text),
    header: optional(flag),
    encoding: optional(text),
    ...table
  },
  FromRows: { path: text, rows: shape('a list of records', isListOf(isRecord), "[{ image: 'a.png' }]"), ...table },
  FromMetadata: { path: text, ...table },
  FromShards: { path: text, files: optional(texts), imageCol: optional(text), ...table },
  FromAnnotations: {
    path: text,
    format: oneOf('coco', 'labelStudio'),
    files: optional(texts),
    labels: oneOf('auto', 'classes', 'labels', 'masks', 'points'),
    holdout,
    classes: optional(texts),
    swap: optional(pairs)
  },
  PointsFromFunc: {
    path: text,
    names: texts,
    f: shape('a named function', isFunction, '(file) => [[12, 30]]'),
    swap: optional(pairs),
    ...layout
  }
}

const stats = (u: unknown): boolean => isRecord(u) && numbers.is(u['mean']) && numbers.is(u['std'])

const spec: Fields<Omit<DataSpec, 'source'>> = {
  size: optional(shape('a number, or two', (u) => isNumber(u) || pair.is(u), '224')),
  resize: optional(oneOf('crop', 'pad', 'squish')),
  normalise: shape(
    'statistics: means and deviations',
    (u) => isTagged(u, 'ForWeights', 'FromBatch', 'None') || (isTagged(u, 'Given') && stats(u['stats'])),
    'normalise(imagenetStats)'
  ),
  transforms: shape(
    'a list of transforms',
    isListOf((u) => isTagged(u, ...Object.keys(transformKinds))),
    'withTransforms(getTransforms())'
  ),
  bs: number,
  validBs: optional(number),
  shuffle: flag,
  sampling: shape(
    'how images are drawn',
    (u) => isTagged(u, 'EachOnce') || (isTagged(u, 'Balanced') && isNumber(u['power'])),
    'balancedSampling()'
  ),
  dropLast: flag,
  seed: number,
  verify: oneOf('auto', 'decode', 'header', 'none'),
  strict: flag,
  cacheBytes: number,
  exclude: either(text, texts),
  colour: oneOf('stored', 'convert'),
  orientation: oneOf('apply', 'ignore'),
  range: optional(pair),
  exact: flag
}

const shown = (u: unknown): string => {
  const value = isTagged(u, 'Some') ? u['value'] : u
  return typeof value === 'function' ? `the function ${value.name}` : (JSON.stringify(value) ?? String(value))
}

const mistakesIn = (path: string, fields: Readonly<Record<string, Shape>>, u: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).flatMap(([name, { expects, is, example }]): ReadonlyArray<DataError> =>
    is(u[name]) ? [] : [badSpec(`${path}.${name}`, expects, shown(u[name]), `use e.g. ${example}`)]
  )

/** The fields of a description whose values have another type. */
export const shapeMistakes = (u: unknown): ReadonlyArray<DataError> => {
  const made = (path: string, found: unknown): ReadonlyArray<DataError> => [
    badSpec(path, 'a description of data', shown(found), 'use imageFolder(path), imageCsv(path) or the like')
  ]
  if (!isRecord(u)) return made('data', u)
  const { source } = u
  if (!isTagged(source, ...Object.keys(sources))) return made('data.source', source)
  const its = sources[source['_tag'] as Source['_tag']]
  const inside =
    source['_tag'] === 'Archive' && isRecord(source['layout'])
      ? mistakesIn('data.source.layout', layout, source['layout'])
      : []
  return [...mistakesIn('data.source', its, source), ...inside, ...mistakesIn('data', spec, u)]
}
