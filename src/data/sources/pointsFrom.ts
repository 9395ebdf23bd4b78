/**
 * Images with points, listed in a table or computed from their paths by a function.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { opaque } from '../../Opaque.js'
import { type DataError, noImages, noMatch } from '../DataError.js'
import { type DataSpec, defaultData } from '../DataSpec.js'
import type { NamePair } from '../points/NamePair.js'
import { settledPoints } from '../points/settledPoints.js'
import { type CsvOptions, imageCsv } from '../tables/ImageTable.js'
import { byName } from './byName.js'
import { folderChecks } from './folders.js'
import { type Check, mistakesAmong } from './mistakes.js'
import { folderLayout, type FolderOptions, type PointsFromFunc, type PointsOfFile, unlabelled } from './Source.js'
import type { SourceKind } from './SourceKind.js'

/**
 * Images listed in a table, CSV or JSON Lines, with the positions of named points in each (fastai's `PointsItemList`):
 * `imageCsv` with `labels: 'points'`. A point has two columns, such as `nose_x` and `nose_y`, `noseX` and `noseY`, or `x1`
 * and `y1`; in JSON Lines it may also be a list, `"nose": [12, 30]`. `labelCol` lists columns with other names, x and y in
 * turn; `classes` names the points to predict, by default all.
 *
 * Coordinates are in pixels of the image, turned upright by its EXIF orientation unless `withOrientation` says otherwise:
 * x to the right, y down, and (0, 0) is the centre of the first pixel. A point whose cells are empty is missing: neither
 * the loss nor the metrics count it. When an image is mirrored, the names of each pair in `swap` are exchanged.
 *
 * Opening fails with `BadTable`, which names the line, for a coordinate that is not a number or whose other coordinate is
 * empty; points outside their image cause the warning `PointsOutside`, and with `strictly` an error.
 *
 * @example
 * import { pointsFrom } from 'graft-vision'
 *
 * const faces = pointsFrom('faces', { csv: 'points.csv', swap: [['leftEye', 'rightEye']] })
 * assert.strictEqual(faces.source._tag === 'ImageCsv' && faces.source.labels, 'points')
 *
 * @category data
 * @since 0.1.0
 */
export const pointsFrom = (path: string, options: Omit<CsvOptions, 'labels' | 'labelDelim'> = {}): DataSpec =>
  imageCsv(path, { ...options, labels: 'points' })

/**
 * Images below a folder, with points that a function of each path below that folder returns: [x, y] in pixels for each of
 * `names` in order, null for a missing one (fastai's `label_from_func`). `label` names the function in summaries and
 * errors; such a description has no JSON form. Folders named `train`, `valid` and `test` are sets, as for `imageFolder`.
 * Coordinates are those of `pointsFrom`.
 *
 * Opening fails with `NoMatch` if the function throws or returns anything else for an image.
 *
 * @example
 * import { pointsFromFunc } from 'graft-vision'
 *
 * // centre_12_30.png
 * const centre = (file: string) => [file.match(/_(\d+)_(\d+)/)!.slice(1).map(Number) as [number, number]]
 * const heads = pointsFromFunc('heads', 'the centre in the name', ['centre'], centre)
 * assert.strictEqual(heads.source._tag, 'PointsFromFunc')
 *
 * @category data
 * @since 0.1.0
 */
export const pointsFromFunc = (
  path: string,
  label: string,
  names: ReadonlyArray<string>,
  f: PointsOfFile,
  { swap, ...options }: Omit<FolderOptions, 'classFrom' | 'classes'> & { readonly swap?: ReadonlyArray<NamePair> } = {}
): DataSpec => ({
  source: {
    _tag: 'PointsFromFunc',
    path,
    names,
    f: opaque(label, f),
    swap: O.fromNullable(swap),
    ...folderLayout(options)
  },
  ...defaultData
})

const isPoint = (u: unknown): boolean =>
  u === null || (Array.isArray(u) && u.length === 2 && u.every((one) => Number.isFinite(one)))

const separator = ', '

/** The coordinates of a file as text, empty for missing ones. */
const labelled =
  (root: string, { names, f: { label, run } }: PointsFromFunc) =>
  (file: string): E.Either<DataError, string> => {
    const wrong = (found: string): DataError =>
      noMatch(
        `${root}/${file}`,
        `${names.length} points, [x, y] or null`,
        found,
        `correct the function ${JSON.stringify(label)}`
      )
    return pipe(
      E.tryCatch(
        (): unknown => run(file),
        (cause) => wrong(`${JSON.stringify(label)} threw: ${String(cause)}`)
      ),
      E.filterOrElse(
        (found): found is ReturnType<PointsOfFile> =>
          Array.isArray(found) && found.length === names.length && found.every(isPoint),
        (found) => wrong(`${JSON.stringify(label)} returned ${JSON.stringify(found) ?? String(found)}`)
      ),
      E.map((points) => points.flatMap((point): ReadonlyArray<number | string> => point ?? ['', '']).join(separator))
    )
  }

const coordinatesOf = (label: string): ReadonlyArray<number> =>
  label.split(separator).map((text) => (text === '' ? NaN : Number(text)))

const namesCheck = ({ names }: PointsFromFunc): Check => [
  names.length > 0 && new Set(names).size === names.length,
  'source.names',
  'different names of points',
  names,
  "use pointsFromFunc(path, label, ['nose'], f)"
]

export const pointsFromFuncKind: SourceKind<PointsFromFunc> = {
  what: 'a folder with points from a function',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) =>
    byName(
      source,
      (root) => E.traverseArray(labelled(root, source)),
      (root, { train, valid, warnings }) =>
        (isReadable) => {
          const [read, held] = [train, valid].map((items) => items.filter(({ file }) => isReadable(file)))
          return read!.length === 0
            ? E.left(noImages(root, 'images to train on', 'none that can be read', 'check the files'))
            : pipe(
                settledPoints(
                  { at: root, names: source.names, wanted: O.none, swap: source.swap },
                  read!,
                  held!,
                  ({ label }) => coordinatesOf(label)
                ),
                E.map((settled) => ({ ...settled, warnings: [...warnings, ...settled.warnings] }))
              )
        }
    ),
  mistakes: (source) => mistakesAmong([namesCheck(source), ...folderChecks(source)]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  forLoading: unlabelled,
  labels: () => 'values'
}
