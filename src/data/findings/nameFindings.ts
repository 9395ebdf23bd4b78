/** What names show: hidden entries, the warnings of arranging files, and errors that would stop a training. */
import { absurd } from 'fp-ts/lib/function.js'
import type { DataError, DataWarning } from '../DataError.js'
import { counted, finding, type Finding } from './Finding.js'
import type { FindingCode } from './FindingCode.js'

/** Hidden files and folders, and those of operating systems, by path. */
export const hiddenFindings = (entries: ReadonlyArray<string>): ReadonlyArray<Finding> =>
  entries.length === 0
    ? []
    : [
        finding('hidden-entry', {
          found: `${counted(entries.length, 'hidden file or folder', 'hidden files and folders')} among the images`,
          groups: entries.map((path) => ({ files: [path] }))
        })
      ]

/** The code of a warning about names; null if another finding says it. */
const codeOf = ({ _tag }: DataWarning): FindingCode | null => {
  switch (_tag) {
    case 'FoldersUsed':
      return 'folders-used'
    case 'HoldoutDrawn':
      return 'holdout-drawn'
    case 'SkippedFiles':
    case 'DroppedLabels':
      return 'skipped-files'
    case 'NotImages':
      return 'not-images'
    case 'GeneratedData':
      return 'generated-data'
    case 'SimilarNames':
      return 'similar-names'
    case 'RepeatedImages':
      return 'linked-twice'
    case 'TableGuessed':
      return 'table-guessed'
    case 'PointsOutside':
    case 'ScaledMasks':
    case 'LossyMasks':
    case 'OneClassMasks':
      return 'remark'
    case 'Oriented':
    case 'SampleRange':
    case 'Slivers':
      return null
    default:
      return absurd(_tag)
  }
}

/** The warnings of arranging files, as findings. `isSaid`: whether another finding says it. */
export const warningFindings = (
  warnings: ReadonlyArray<DataWarning>,
  isSaid: (warning: DataWarning) => boolean
): ReadonlyArray<Finding> =>
  warnings.flatMap((warning) => {
    const code = codeOf(warning)
    return code === null || isSaid(warning)
      ? []
      : [finding(code, { found: `${warning.path}: ${warning.found}`, remedy: warning.hint })]
  })

/** An error of the data as a whole, after which files can still be checked. */
export const errorFinding = (error: DataError): Finding =>
  finding('not-trainable', {
    found: `${error.path}: expected ${error.expected}, found ${error.found}`,
    remedy: error.hint
  })
