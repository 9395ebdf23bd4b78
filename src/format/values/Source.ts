/**
 * Sources of data as JSON: `{ "imageFolder": { "path": "photos", "holdout": { "pct": 0.1, "seed": 7 } } }`. The other
 * sources are `{ "digits": { "n": 2000 } }`, `{ "archive": { "url": "..." } }`, `{ "imageMasks": { "path": "..." } }`,
 * `{ "imageImages": { "path": "..." } }`, `{ "imageCsv": { "path": "...", "labelDelim": " " } }`, `{ "fromMetadata": "..." }`
 * and `{ "fromRows": { "rows": [...] } }`; a folder, an archive or a table without options may be its path or url alone.
 */
import * as O from 'fp-ts/lib/Option.js'
import {
  archive,
  type DataSpec,
  digits,
  type FolderLayout,
  foldSource,
  type FromAnnotations,
  fromCoco,
  fromLabelStudio,
  fromMetadata,
  type FromMetadata,
  fromNameRe,
  fromRows,
  type FromRows,
  fromShards,
  type FromShards,
  type Holdout,
  holdoutOf,
  type ImageCsv,
  imageCsv,
  imageFolder,
  type ImageMasks,
  imageImages,
  imageMasks,
  masksByPattern,
  masksIn,
  type PairNaming,
  type Source
} from '../../data/index.js'
import { differing, refused } from '../grammar/Codec.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { holdout, holdoutFrom, holdoutTo } from './Holdout.js'
import { fields } from './optionFields.js'

const namedLayout = <S>(g: Grammar<S>) => ({
  train: g.string,
  valid: g.string,
  test: g.string,
  holdout: holdout(g),
  classes: g.list(g.string)
})

const layout = <S>(g: Grammar<S>) => ({
  ...namedLayout(g),
  classFrom: g.union(g.literal('parent', 'top'), g.whole(1))
})

const tableOptions = <S>(g: Grammar<S>) => {
  const column = g.union(g.string, g.whole(0))
  return {
    fnCol: column,
    labelCol: g.list(column),
    validCol: column,
    weightCol: column,
    labelDelim: g.string,
    folder: g.string,
    suffix: g.string,
    labels: g.literal('auto', 'classes', 'labels', 'numbers', 'points'),
    holdout: holdout(g),
    classes: g.list(g.string),
    swap: g.list(g.pair(g.string))
  }
}

const csvOptions = <S>(g: Grammar<S>) => ({
  csv: g.string,
  delimiter: g.string,
  header: g.boolean,
  encoding: g.string,
  ...tableOptions(g)
})

const shardOptions = <S>(g: Grammar<S>) => {
  const { labelCol, validCol, labels, classes, swap, holdout: h } = tableOptions(g)
  return { files: g.list(g.string), imageCol: g.string, labelCol, validCol, labels, holdout: h, classes, swap }
}

const annotationOptions = <S>(g: Grammar<S>) => ({
  files: g.list(g.string),
  labels: g.literal('auto', 'classes', 'labels', 'masks', 'points'),
  holdout: holdout(g),
  classes: g.list(g.string),
  swap: g.list(g.pair(g.string))
})

const row = makeSchema((g) => {
  const scalar = g.union(g.string, g.number, g.boolean, g.literal(null))
  return g.record(g.union(scalar, g.list(scalar)))
})

const naming = makeSchema((g) => g.union(g.string, g.object({ pattern: g.string, replacement: g.string }, {})))

const maskMap = makeSchema((g) => g.record(g.union(g.string, g.literal(null))))

export const source = makeSchema((g) =>
  g.keyed({
    imageFolder: g.union(g.string, g.object({ path: g.string }, layout(g))),
    fromNameRe: g.object({ path: g.string, pattern: g.string }, namedLayout(g)),
    digits: g.object({}, { n: g.whole(0), valid: g.whole(0), seed: g.whole(0), path: g.string }),
    archive: g.union(g.string, g.object({ url: g.string }, layout(g))),
    imageMasks: g.object(
      { path: g.string },
      {
        images: g.string,
        masks: naming(g),
        codes: g.union(g.string, g.list(g.string)),
        ignore: g.list(g.whole(0)),
        values: maskMap(g),
        colours: g.union(g.string, maskMap(g)),
        holdout: holdout(g)
      }
    ),
    imageImages: g.object(
      { path: g.string },
      { images: g.string, targets: naming(g), channels: g.whole(1), holdout: holdout(g) }
    ),
    imageCsv: g.union(g.string, g.object({ path: g.string }, csvOptions(g))),
    fromRows: g.object({ rows: g.list(row(g)) }, { path: g.string, ...tableOptions(g) }),
    fromMetadata: g.union(g.string, g.object({ path: g.string }, tableOptions(g))),
    fromCoco: g.union(g.string, g.object({ path: g.string }, annotationOptions(g))),
    fromLabelStudio: g.union(g.string, g.object({ path: g.string }, annotationOptions(g))),
    fromShards: g.union(g.string, g.object({ path: g.string }, shardOptions(g)))
  })
)

const withHoldout = <J extends { readonly holdout?: TypeOf<typeof holdout> }>({ holdout: h, ...rest }: J) => ({
  ...rest,
  ...(h === undefined ? {} : { holdout: holdoutFrom(h) })
})

const namingFrom = (json: TypeOf<typeof naming>): PairNaming =>
  typeof json === 'string' ? masksIn(json) : masksByPattern(json.pattern, json.replacement)

export const sourceFrom = (json: TypeOf<typeof source>): Source => {
  if ('digits' in json) return digits(json.digits).source
  if ('imageFolder' in json) {
    const of = json.imageFolder
    return (typeof of === 'string' ? imageFolder(of) : imageFolder(of.path, withHoldout(of))).source
  }
  if ('fromNameRe' in json) {
    const { path, pattern, ...options } = json.fromNameRe
    return fromNameRe(path, pattern, withHoldout(options)).source
  }
  if ('imageMasks' in json) {
    const { path, masks, ...rest } = json.imageMasks
    return imageMasks(path, { ...withHoldout(rest), ...(masks === undefined ? {} : { masks: namingFrom(masks) }) })
      .source
  }
  if ('imageImages' in json) {
    const { path, targets, ...rest } = json.imageImages
    const named = targets === undefined ? {} : { targets: namingFrom(targets) }
    return imageImages(path, { ...withHoldout(rest), ...named }).source
  }
  if ('imageCsv' in json) {
    const of = json.imageCsv
    return (typeof of === 'string' ? imageCsv(of) : imageCsv(of.path, withHoldout(of))).source
  }
  if ('fromRows' in json) {
    const { rows, ...options } = json.fromRows
    return fromRows(rows, withHoldout(options)).source
  }
  if ('fromMetadata' in json) {
    const of = json.fromMetadata
    return (typeof of === 'string' ? fromMetadata(of) : fromMetadata(of.path, withHoldout(of))).source
  }
  if ('fromCoco' in json) {
    const of = json.fromCoco
    return (typeof of === 'string' ? fromCoco(of) : fromCoco(of.path, withHoldout(of))).source
  }
  if ('fromLabelStudio' in json) {
    const of = json.fromLabelStudio
    return (typeof of === 'string' ? fromLabelStudio(of) : fromLabelStudio(of.path, withHoldout(of))).source
  }
  if ('fromShards' in json) {
    const of = json.fromShards
    return (typeof of === 'string' ? fromShards(of) : fromShards(of.path, withHoldout(of))).source
  }
  const of = json.archive
  return (typeof of === 'string' ? archive(of) : archive(of.url, withHoldout(of))).source
}

const layoutOptions = ({ train, valid, test, holdout: how, classes, classFrom }: FolderLayout, from: FolderLayout) => {
  const { holdout: h, ...rest } = differing({ train, valid, test, holdout: how, classes, classFrom }, from)
  return { ...fields(rest), ...(h === undefined ? {} : { holdout: holdoutTo(how) }) }
}

const layoutTo = (name: 'path' | 'url', at: string, of: FolderLayout, from: FolderLayout): unknown => {
  const options = layoutOptions(of, from)
  return Object.keys(options).length === 0 ? at : { [name]: at, ...options }
}

const plainLayout = (path: string): FolderLayout & { readonly _tag: string } => {
  const { source: plain } = imageFolder(path)
  return plain as Extract<Source, { readonly _tag: 'ImageFolder' }>
}

const namingTo = (by: PairNaming): unknown => {
  switch (by._tag) {
    case 'InFolder':
      return by.folder
    case 'ByPattern':
      return { pattern: by.pattern, replacement: by.replacement }
    // rejected before
    case 'ByFunction':
      return null
  }
}

const pairsTo = (
  { path, holdout: h, ...rest }: { readonly path: string; readonly holdout: Holdout },
  option: 'masks' | 'targets',
  by: PairNaming,
  plain: Source
): unknown => {
  const { [option]: named, ...chosen } = differing(rest, plain)
  return {
    path,
    ...fields(chosen),
    ...(h._tag === 'Auto' ? {} : { holdout: holdoutTo(h) }),
    ...(named === undefined ? {} : { [option]: namingTo(by) })
  }
}

/** A mask source without its maps, whose names are the classes by default. */
const plainMasks = ({ path, values, colours }: ImageMasks): Source => ({
  ...imageMasks(path, {
    ...(O.isSome(values) ? { values: values.value } : {}),
    ...(O.isSome(colours) ? { colours: colours.value } : {})
  }).source,
  ...{ values: O.none, colours: O.none }
})

/** The fields that differ from the constructor's defaults; only the path if none do. */
const tableTo = (of: ImageCsv | FromMetadata | FromShards | FromAnnotations, plain: Source): unknown => {
  const { holdout: h, ...rest } = differing(of, plain)
  const options = { ...fields(rest), ...(h === undefined ? {} : { holdout: holdoutTo(of.holdout) }) }
  return Object.keys(options).length === 0 ? of.path : { path: of.path, ...options }
}

const rowsTo = (of: FromRows): unknown => {
  const { holdout: h, ...rest } = differing(of, fromRows(of.rows).source)
  return { rows: of.rows, ...fields(rest), ...(h === undefined ? {} : { holdout: holdoutTo(of.holdout) }) }
}

export const sourceTo: (value: Source) => unknown = foldSource<unknown>({
  imageFolder: (of) => ({ imageFolder: layoutTo('path', of.path, of, plainLayout(of.path)) }),
  fromNameRe: (of) => ({ fromNameRe: { path: of.path, pattern: of.pattern, ...layoutOptions(of, plainLayout('')) } }),
  digits: ({ train, ...of }) => ({
    digits: {
      n: train,
      ...fields(differing({ valid: of.valid, seed: of.seed, path: of.path }, digits({ n: train }).source))
    }
  }),
  archive: (of) => ({ archive: layoutTo('url', of.url, of.layout, plainLayout('')) }),
  imageMasks: (of) => ({ imageMasks: pairsTo(of, 'masks', of.masks, plainMasks(of)) }),
  imageImages: (of) => ({ imageImages: pairsTo(of, 'targets', of.targets, imageImages(of.path).source) }),
  imageCsv: (of) => ({ imageCsv: tableTo(of, imageCsv(of.path).source) }),
  fromRows: (of) => ({ fromRows: rowsTo(of) }),
  fromMetadata: (of) => ({ fromMetadata: tableTo(of, fromMetadata(of.path).source) }),
  fromShards: (of) => ({ fromShards: tableTo(of, fromShards(of.path).source) }),
  fromAnnotations: (of) =>
    of.format === 'coco'
      ? { fromCoco: tableTo(of, fromCoco(of.path).source) }
      : { fromLabelStudio: tableTo(of, fromLabelStudio(of.path).source) },
  // rejected before
  fromNameFunc: () => null,
  pointsFromFunc: () => null
})

const functionsOfHoldout = (of: Holdout | null) =>
  of?._tag === 'ByFunction'
    ? [refused('source.holdout', 'a holdout', of.f, "use holdoutByFile('valid.txt') or holdoutByList")]
    : []

export const functionsIn = ({ source: of }: DataSpec) => [
  ...functionsOfHoldout(holdoutOf(of)),
  ...(of._tag === 'FromNameFunc' ? [refused('source.f', 'a function of names', of.f, 'use fromNameRe')] : []),
  ...(of._tag === 'PointsFromFunc'
    ? [refused('source.f', 'a function of names', of.f, "use pointsFrom, or fromRows with labels: 'points'")]
    : []),
  ...(of._tag === 'ImageMasks' && of.masks._tag === 'ByFunction'
    ? [refused('source.masks', 'a naming of masks', of.masks.f, 'use masksIn or masksByPattern')]
    : []),
  ...(of._tag === 'ImageImages' && of.targets._tag === 'ByFunction'
    ? [refused('source.targets', 'a naming of targets', of.targets.f, 'use targetsIn or targetsByPattern')]
    : [])
]
