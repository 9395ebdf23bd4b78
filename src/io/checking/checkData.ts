/**
 * `checkData`: reads all files of some data once and says what is wrong with them, or unusual.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  checkSpec,
  classFindings,
  copyFindings,
  errorFinding,
  fileFindings,
  finding,
  hiddenFindings,
  isDecoded,
  isImageName,
  isSystems,
  kindOfSource,
  ordered,
  warningFindings,
  type Arranged,
  type CheckedFile,
  type DataCheck,
  type DataError,
  type DataSpec,
  type DataWarning,
  type Finding,
  type Settled,
  type Survey
} from '../../data/index.js'
import type { IoError } from '../IoError.js'
import { listedFiles, type Listed, missingFiles, type Root, rootOf } from '../opened/arranged.js'
import type { Data } from '../opened/Data.js'
import type { DataEnv } from '../opened/openData.js'
import { picturesInThreads } from '../workers/remotePictures.js'
import { hiddenEntries } from './hiddenEntries.js'
import { surveyFiles } from './surveyFiles.js'

type Failure = DataError | IoError

/** The files to check: of data without labels, all images below the root. */
type Checked = Pick<Arranged, 'train' | 'valid' | 'test' | 'placeOf' | 'codes' | 'warnings'>

const unlabelled = ({ listing }: Listed): Checked => ({
  train: listing.files.flatMap((file) => (isImageName(file) && !isSystems(file) ? [{ file, label: '' }] : [])),
  valid: [],
  test: [],
  warnings: []
})

/** Images by set, then masks and target images that are files. */
const filesOf = (
  spec: DataSpec,
  { train, valid, test, placeOf }: Checked,
  labelled: boolean
): ReadonlyArray<CheckedFile> => {
  const paired = kindOfSource(spec.source).labels(spec.source) !== 'values'
  const image =
    (role: 'train' | 'valid') =>
    ({ file, label }: { readonly file: string; readonly label: string }): CheckedFile =>
      paired || !labelled ? { file, role } : { file, role, label }
  const masks = paired && labelled ? [...train, ...valid].map(({ label }) => label) : []
  return [
    ...train.map(image('train')),
    ...valid.map(image('valid')),
    ...test.map((file): CheckedFile => ({ file, role: 'test' })),
    ...masks.flatMap((file): ReadonlyArray<CheckedFile> =>
      placeOf?.(file)._tag === 'Drawn' ? [] : [{ file, role: 'mask' }]
    )
  ]
}

const missing = (files: ReadonlyArray<string>): ReadonlyArray<Finding> =>
  files.length === 0
    ? []
    : [
        finding('missing-file', {
          found: `${files.length} ${files.length === 1 ? 'file is' : 'files are'} named and missing`,
          groups: files.map((file) => ({ files: [file] })),
          leaveOut: files
        })
      ]

/** The error of data that have no labels, or labels and targets. */
const settledBy = ({ arranged }: Listed, survey: Survey): E.Either<DataError, Settled> => {
  const unread = new Set(survey.files.flatMap(({ file }, i) => (isDecoded(survey, i) ? [] : [file])))
  return E.chain((found: Arranged) => {
    const settled = found.settle((file) => !unread.has(file))
    if (E.isRight(settled) || settled.left._tag !== 'UnknownLabel') return settled
    // training stops with this error; without these images, the other classes can be checked
    const trained = new Set(found.train.map(({ label }) => label))
    const untrained = new Set(found.valid.flatMap(({ file, label }) => (trained.has(label) ? [] : [file])))
    return found.settle((file) => !unread.has(file) && !untrained.has(file))
  })(arranged)
}

/** Labels of validation images that are never trained on are a finding of their own. */
const isSaidByClasses = ({ _tag }: DataWarning, settled: Settled): boolean =>
  _tag === 'DroppedLabels' && settled.task._tag === 'Classification'

const labelFindings = (found: Checked, settled: E.Either<DataError, Settled>): ReadonlyArray<Finding> =>
  E.isLeft(settled)
    ? [errorFinding(settled.left), ...warningFindings(found.warnings, () => false)]
    : [
        ...classFindings(settled.right, found.valid),
        ...warningFindings(settled.right.warnings, (warning) => isSaidByClasses(warning, settled.right))
      ]

const checked =
  (spec: DataSpec, { root, generated }: Root, listed: Listed, found: Checked) =>
  (env: DataEnv): TE.TaskEither<Failure, DataCheck> =>
  async () => {
    const { codes, placeOf } = found
    const absent = E.isRight(listed.arranged)
      ? await missingFiles(root, listed.unlisted, listed.arranged.right)(env)()
      : []
    const gone = new Set(absent)
    const files = filesOf(spec, found, E.isRight(listed.arranged)).filter(({ file }) => !gone.has(file))
    const from = picturesInThreads({ spec, root, ...(codes === undefined ? {} : { codes }) }, placeOf)(env)
    const survey = await surveyFiles(from, files, placeOf)(env)()
    const settled = settledBy(listed, survey)
    const findings = [
      ...missing(absent),
      ...(generated ? [finding('generated-data', { found: `${root}: images generated by graft` })] : []),
      ...fileFindings(survey, spec),
      ...copyFindings(survey),
      ...labelFindings(found, settled),
      ...hiddenFindings(await hiddenEntries(root, listed.listing)(env)())
    ]
    return E.right({
      root,
      task: E.isRight(settled) ? settled.right.task : null,
      images: { train: found.train.length, valid: found.valid.length, test: found.test.length },
      findings: ordered(findings)
    })
  }

/**
 * Checks data without training on them: reads every file once, in the environment's threads, and finds unreadable,
 * truncated, empty and misnamed files; how unusual images are treated; copies and near-duplicates, within and across sets;
 * classes that are tiny, imbalanced or in one set only; hidden entries; and what would stop a training. Memory: about 250
 * bytes for each file besides its name.
 *
 * Data whose labels cannot be read are a finding (`not-trainable`), and their images are still checked. Errors:
 * `BadSpec`; `MissingFolder` and `NoImages` where there is nothing to check; those of the file system and the network.
 *
 * @example
 * import { digits, showDataCheck } from 'graft-vision'
 * import { checkData, nodeIo } from 'graft-vision/node'
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const path = join(mkdtempSync(join(tmpdir(), 'graft-')), 'digits')
 * const result = await checkData(digits({ n: 24, valid: 8, path }))(nodeIo())()
 * assert.ok(result._tag === 'Right' && showDataCheck()(result.right).includes('generated-data'))
 *
 * @category data
 * @since 0.1.0
 */
export const checkData =
  (spec: DataSpec): ReaderTaskEither<DataEnv, Failure, DataCheck> =>
  (env) => {
    const [mistake] = checkSpec(spec)
    if (mistake !== undefined) return TE.left(mistake)
    return pipe(
      rootOf(kindOfSource(spec.source).place(spec.source))(env),
      TE.chain((at) =>
        pipe(
          listedFiles(spec, at.root)(env),
          TE.chain((listed) => {
            if (E.isRight(listed.arranged)) return checked(spec, at, listed, listed.arranged.right)(env)
            const found = unlabelled(listed)
            return found.train.length === 0
              ? TE.left<Failure, DataCheck>(listed.arranged.left)
              : checked(spec, at, listed, found)(env)
          })
        )
      )
    )
  }

/**
 * The part of a check that opened data answer without reading a file: what their classes show.
 *
 * @example
 * import { digits } from 'graft-vision'
 * import { nodeIo, openData, quickCheck } from 'graft-vision/node'
 *
 * const data = await openData(digits({ n: 12, valid: 4, path: 'digits' }))(nodeIo())()
 * if (data._tag === 'Left') throw new Error(data.left.found)
 * assert.deepStrictEqual(quickCheck(data.right).map(({ code }) => code), ['tiny-class'])
 *
 * @category data
 * @since 0.1.0
 */
export const quickCheck = ({ task, train, valid }: Data): ReadonlyArray<Finding> =>
  ordered(classFindings({ task, train: train.items, valid: valid.items, warnings: [] }, valid.items))
