import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import {
  archive,
  balancedSampling,
  type DataSpec,
  type Decoding,
  digits,
  eachOnce,
  type Grouping,
  type Holdout,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByGroup,
  holdoutByList,
  holdoutStratified,
  imageCsv,
  fromCoco,
  fromLabelStudio,
  fromMetadata,
  fromNameRe,
  fromRows,
  fromShards,
  imageFolder,
  imageImages,
  imageMasks,
  masksByPattern,
  masksIn,
  type Normalise,
  type Source,
  type Stats,
  targetsByPattern,
  targetsIn
} from '../../src/data/index.js'
import { classNames } from './tasks.js'
import { transforms } from './transforms.js'

const names: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9_]{0,7}$/)
const seeds: fc.Arbitrary<number> = fc.nat({ max: 2 ** 31 - 1 })
const optional = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<O.Option<A>> => fc.option(of).map(O.fromNullable)

const column: fc.Arbitrary<string | number> = fc.oneof(names, fc.nat({ max: 9 }))

const patterns = fc.constantFrom('^([a-z]+)/', '([^/]+)_[0-9]+[.]png$').map((pattern) => ({ pattern }))
const folds = (group: fc.Arbitrary<Grouping>) =>
  fc
    .tuple(fc.nat({ max: 3 }), fc.integer({ min: 4, max: 9 }), fc.record({ group, seed: seeds }, { requiredKeys: [] }))
    .map(([fold, k, options]) => holdoutByFold(fold, k, options))

/** Holdouts for images in any arrangement. A function has no JSON form. */
const anyHoldouts: {
  readonly [T in Exclude<Holdout['_tag'], 'ByFunction' | 'Stratified' | 'ByColumn'>]: fc.Arbitrary<Holdout>
} = {
  ByGroup: fc
    .tuple(patterns, fc.integer({ min: 1, max: 99 }), seeds)
    .map(([by, n, seed]) => holdoutByGroup(by, n / 100, seed)),
  ByFile: names.map(holdoutByFile),
  ByList: fc.array(names, { maxLength: 3 }).map(holdoutByList),
  Fold: folds(patterns),
  Auto: fc.constant<Holdout>({ _tag: 'Auto' }),
  ByFolder: fc.constant<Holdout>({ _tag: 'ByFolder' }),
  ByPct: fc.tuple(fc.integer({ min: 0, max: 99 }), seeds).map(([n, seed]): Holdout => ({
    _tag: 'ByPct',
    pct: n / 100,
    seed
  }))
}

const anyHoldout = fc.oneof(...Object.values(anyHoldouts))
const stratified = fc.tuple(fc.integer({ min: 0, max: 99 }), seeds).map(([n, seed]) => holdoutStratified(n / 100, seed))

/** Those that need a class for each image. */
const holdoutOfClasses = fc.oneof(anyHoldout, stratified)

/** Those that need the columns of a table. */
const holdoutOfTable = fc.oneof(
  ...[holdoutOfClasses, column.map(holdoutByColumn), folds(column)],
  fc.tuple(column, seeds).map(([by, seed]) => holdoutByGroup(by, 0.2, seed))
)

/** A map of values or of colours to codes, where these are a list, or none. */
const mapsFor = (codes: string | ReadonlyArray<string> | undefined) => {
  const names = typeof codes === 'object' ? codes : []
  const spread = (key: (i: number) => string) => Object.fromEntries(names.map((name, i) => [key(i), name] as const))
  return fc.constantFrom(
    {},
    ...(names.length === 0
      ? []
      : [{ values: { ...spread((i) => `${7 * i}`), 255: null } }, { colours: spread((i) => `${i} 64 128`) }])
  )
}

const folderOptions = fc.record(
  {
    train: names,
    valid: names,
    test: names,
    holdout: holdoutOfClasses,
    classes: classNames,
    classFrom: fc.oneof(fc.constantFrom('parent' as const, 'top' as const), fc.integer({ min: 1, max: 4 }))
  },
  { requiredKeys: [] }
)

const tableOptions = {
  fnCol: column,
  labelCol: fc.oneof(column, fc.array(column, { minLength: 1, maxLength: 3 })),
  validCol: column,
  weightCol: column,
  labels: fc.constantFrom(
    'auto' as const,
    'classes' as const,
    'labels' as const,
    'numbers' as const,
    'points' as const
  ),
  swap: fc.array(fc.tuple(names, names), { maxLength: 2 }),
  holdout: holdoutOfTable,
  classes: classNames
}

const scalar = fc.oneof(names, fc.integer(), fc.boolean(), fc.constant(null))

/** A function has no JSON form. */
type Written = Exclude<Source['_tag'], 'FromNameFunc' | 'PointsFromFunc'>

const sources: { readonly [T in Written]: fc.Arbitrary<DataSpec> } = {
  ImageFolder: fc.tuple(names, folderOptions).map(([path, options]) => imageFolder(path, options)),
  FromNameRe: fc
    .tuple(names, fc.constantFrom('([^/]+)_\\d+[.]png$', '^([a-z]+)'), folderOptions)
    .map(([path, pattern, { classFrom: _, ...options }]) => fromNameRe(path, pattern, options)),
  Digits: fc
    .record({ n: fc.integer({ min: 2, max: 500 }), seed: seeds, path: names }, { requiredKeys: ['n'] })
    .map(digits),
  ImageMasks: fc
    .tuple(
      names,
      fc.record(
        {
          images: names,
          masks: fc.oneof(
            names.map(masksIn),
            fc.tuple(names, names).map(([a, b]) => masksByPattern(a, b))
          ),
          codes: fc.oneof(names, classNames),
          ignore: fc.array(fc.nat({ max: 255 }), { maxLength: 2 }),
          holdout: anyHoldout
        },
        { requiredKeys: [] }
      )
    )
    .chain(([path, options]) => mapsFor(options.codes).map((maps) => imageMasks(path, { ...options, ...maps }))),
  ImageImages: fc
    .tuple(
      names,
      fc.record(
        {
          images: names,
          targets: fc.oneof(
            names.map(targetsIn),
            fc.tuple(names, names).map(([a, b]) => targetsByPattern(a, b))
          ),
          channels: fc.constantFrom(1, 3),
          holdout: anyHoldout
        },
        { requiredKeys: [] }
      )
    )
    .map(([path, options]) => imageImages(path, options)),
  ImageCsv: fc
    .tuple(
      names,
      fc.record(
        {
          csv: names,
          ...tableOptions,
          labelDelim: fc.constantFrom(' ', ';', '|'),
          delimiter: fc.constantFrom(',', ';', '\t'),
          header: fc.boolean(),
          encoding: fc.constantFrom('utf-8', 'utf-16le', 'latin1'),
          folder: names,
          suffix: fc.constantFrom('.jpg', '.png')
        },
        { requiredKeys: [] }
      )
    )
    // several columns have a label each, and nothing to divide
    .map(([path, { labelDelim, ...options }]) =>
      imageCsv(path, Array.isArray(options.labelCol) || labelDelim === undefined ? options : { ...options, labelDelim })
    ),
  FromRows: fc
    .tuple(
      fc.array(fc.dictionary(names, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))), { maxLength: 3 }),
      fc.record({ path: names, ...tableOptions }, { requiredKeys: [] })
    )
    .map(([rows, options]) => fromRows(rows, options)),
  FromMetadata: fc
    .tuple(names, fc.record(tableOptions, { requiredKeys: [] }))
    .map(([path, options]) => fromMetadata(path, options)),
  FromShards: fc
    .tuple(
      names,
      fc.record(
        {
          files: fc.array(
            names.map((name) => `${name}.tar`),
            { minLength: 1, maxLength: 2 }
          ),
          imageCol: names,
          labelCol: column,
          labels: fc.constantFrom('auto' as const, 'classes' as const),
          classes: classNames
        },
        { requiredKeys: [] }
      )
    )
    .map(([path, options]) => fromShards(path, options)),
  FromAnnotations: fc
    .tuple(
      fc.constantFrom(fromCoco, fromLabelStudio),
      names,
      fc.record(
        {
          files: fc.array(names, { minLength: 1, maxLength: 2 }),
          labels: fc.constantFrom(
            'auto' as const,
            'classes' as const,
            'labels' as const,
            'masks' as const,
            'points' as const
          ),
          swap: fc.array(fc.tuple(names, names), { maxLength: 2 }),
          holdout: anyHoldout,
          classes: classNames
        },
        { requiredKeys: [] }
      )
    )
    .map(([make, path, options]) => make(path, options)),
  Archive: fc.tuple(names, folderOptions).map(([name, options]) => archive(`https://example.org/${name}.tgz`, options))
}

const hundredths = fc.integer({ min: 1, max: 100 }).map((n) => n / 100)

const statistics: fc.Arbitrary<Stats> = fc
  .tuple(fc.constantFrom(1, 3), fc.array(hundredths, { minLength: 6, maxLength: 6 }))
  .map(([n, list]) => ({ mean: list.slice(0, n), std: list.slice(3, 3 + n) }))

const normalisations: { readonly [T in Normalise['_tag']]: fc.Arbitrary<Normalise> } = {
  ForWeights: fc.constant<Normalise>({ _tag: 'ForWeights' }),
  Given: statistics.map((stats): Normalise => ({ _tag: 'Given', stats })),
  FromBatch: fc.constant<Normalise>({ _tag: 'FromBatch' }),
  None: fc.constant<Normalise>({ _tag: 'None' })
}

const side = fc.integer({ min: 1, max: 256 })

const decodingFields: { readonly [K in keyof Decoding]: fc.Arbitrary<Decoding[K]> } = {
  colour: fc.constantFrom('stored', 'convert'),
  orientation: fc.constantFrom('apply', 'ignore'),
  range: optional(fc.tuple(fc.integer({ min: -10, max: 10 }), fc.integer({ min: 11, max: 65_535 }))),
  exact: fc.boolean()
}

/** How images are decoded. */
export const decodings: fc.Arbitrary<Decoding> = fc.record(decodingFields)

const fields: { readonly [K in Exclude<keyof DataSpec, 'source'>]: fc.Arbitrary<DataSpec[K]> } = {
  size: optional(fc.oneof(side, fc.tuple(side, side))),
  resize: optional(fc.constantFrom('crop', 'squish', 'pad')),
  ...decodingFields,
  normalise: fc.oneof(...Object.values(normalisations)),
  transforms: fc.array(transforms, { maxLength: 4 }),
  bs: fc.integer({ min: 1, max: 128 }),
  validBs: optional(fc.integer({ min: 1, max: 128 })),
  shuffle: fc.boolean(),
  sampling: fc.oneof(
    fc.constant(eachOnce),
    fc.integer({ min: 0, max: 10 }).map((n) => balancedSampling({ power: n / 10 }))
  ),
  dropLast: fc.boolean(),
  seed: seeds,
  verify: fc.constantFrom('auto', 'decode', 'header', 'none'),
  strict: fc.boolean(),
  cacheBytes: fc.nat(),
  exclude: fc.oneof(names, fc.array(names, { maxLength: 3 }))
}

/**
 * Descriptions of data without mistakes, from every kind of source.
 *
 * @example
 * import { arbitrary } from 'graft-vision/laws'
 * import { checkSpec } from '../../src/data/index.js'
 * import * as fc from 'fast-check'
 *
 * fc.assert(fc.property(arbitrary.dataSpecs, (spec) => checkSpec(spec).length === 0), { seed: 1, numRuns: 20 })
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const dataSpecs: fc.Arbitrary<DataSpec> = fc
  .tuple(fc.oneof(...Object.values(sources)), fc.record(fields))
  .map(([spec, rest]) => ({ ...spec, ...rest }))
