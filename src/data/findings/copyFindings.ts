/** Copies within a set, across sets, and with different labels. */
import type { SetName } from '../holdouts/SetName.js'
import { byBytes, type Copies, nearCopies } from './copies.js'
import { counted, finding, type Finding, type FindingGroup } from './Finding.js'
import { similarFeatures } from '../likeness/similarFeatures.js'
import { type CheckedFile, imagesIn, type Survey } from './Survey.js'
import { groupedBy, unions } from './unions.js'

type Files = Pick<Survey, 'files'>

/** Which set keeps an image that is in several: scores stay comparable if the later sets do not change. */
const rank: Readonly<Record<SetName, number>> = { train: 0, valid: 1, test: 2 }

const setAt = ({ files }: Files, i: number): SetName => {
  const { role } = files[i]!
  return role === 'mask' ? 'train' : role
}

const nameAt = ({ files }: Files, i: number): string => files[i]!.file

const setsIn = (survey: Files, group: Copies): ReadonlyArray<SetName> => [
  ...new Set(group.map((i) => setAt(survey, i)))
]

/** Images of the test set have no label. */
const labelsIn = (survey: Files, group: Copies): ReadonlyArray<string> => [
  ...new Set(group.flatMap((i) => survey.files[i]!.label ?? []))
]

const groupOf = (survey: Files, group: Copies, note?: string): FindingGroup => ({
  files: group.map((i) => nameAt(survey, i)),
  sets: group.map((i) => setAt(survey, i)),
  ...(note === undefined ? {} : { note })
})

const highest = (survey: Files, group: Copies): number => Math.max(...group.map((i) => rank[setAt(survey, i)]))

/** All but one image of the last set. */
const allButOne = (survey: Files, group: Copies): ReadonlyArray<string> => {
  const top = highest(survey, group)
  const kept = group.find((i) => rank[setAt(survey, i)] === top)
  return group.filter((i) => i !== kept).map((i) => nameAt(survey, i))
}

/** The images of the earlier sets. */
const ofEarlierSets = (survey: Files, group: Copies): ReadonlyArray<string> => {
  const top = highest(survey, group)
  return group.filter((i) => rank[setAt(survey, i)] < top).map((i) => nameAt(survey, i))
}

type CopyCode =
  'leak' | 'conflicting-labels' | 'near-leak' | 'duplicate' | 'near-duplicate' | 'similar-leak' | 'similar-images'

const ofGroups = (
  code: CopyCode,
  survey: Files,
  groups: ReadonlyArray<Copies>,
  found: (groups: string, images: string) => string,
  leaveOut: (group: Copies) => ReadonlyArray<string> = () => []
): ReadonlyArray<Finding> => {
  const images = groups.reduce((sum, group) => sum + group.length, 0)
  return groups.length === 0
    ? []
    : [
        finding(code, {
          found: found(counted(groups.length, 'group'), counted(images, 'image')),
          groups: groups.map((group) => {
            const labels = labelsIn(survey, group)
            return groupOf(survey, group, labels.length > 1 ? `labels ${labels.join(', ')}` : undefined)
          }),
          leaveOut: groups.flatMap(leaveOut)
        })
      ]
}

/** Copies of images by their bytes, and near copies by their pixels. */
export const copyFindings = (survey: Survey): ReadonlyArray<Finding> => {
  const contents = byBytes(survey, imagesIn(survey))
  const same = contents.filter((group) => group.length > 1)
  const conflicting = same.filter((group) => labelsIn(survey, group).length > 1)
  const agreeing = same.filter((group) => labelsIn(survey, group).length < 2)
  const across = (group: Copies): boolean => setsIn(survey, group).length > 1
  const near = nearCopies(
    survey,
    contents.map((group) => group[0]!)
  )
  return [
    ...ofGroups(
      'leak',
      survey,
      agreeing.filter(across),
      (groups, images) => `${groups} of copies across sets, ${images}`,
      (group) => allButOne(survey, group)
    ),
    ...ofGroups(
      'conflicting-labels',
      survey,
      conflicting,
      (groups, images) => `${groups} of copies with different labels, ${images}`,
      (group) => group.map((i) => nameAt(survey, i))
    ),
    ...ofGroups(
      'near-leak',
      survey,
      near.filter(across),
      (groups, images) => `${groups} of near-duplicates across sets, ${images}`,
      (group) => ofEarlierSets(survey, group)
    ),
    ...ofGroups(
      'duplicate',
      survey,
      agreeing.filter((group) => !across(group)),
      (groups, images) => `${groups} of copies, ${images}`,
      (group) => allButOne(survey, group)
    ),
    ...ofGroups(
      'near-duplicate',
      survey,
      near.filter((group) => !across(group)),
      (groups, images) => `${groups} of near-duplicates, ${images}`
    )
  ]
}

/**
 * Images with similar features, within and across sets, without those that findings name already together, because they
 * are copies.
 */
export const similarFindings = (
  files: ReadonlyArray<CheckedFile>,
  features: ReadonlyArray<Float32Array>,
  known: ReadonlyArray<Finding>
): ReadonlyArray<Finding> => {
  const groupOfFile = new Map<string, Set<object>>()
  for (const group of known.flatMap(({ groups }) => groups.filter(({ sets }) => sets !== undefined)))
    for (const file of group.files) groupOfFile.set(file, (groupOfFile.get(file) ?? new Set()).add(group))
  const areKnown = (a: string, b: string): boolean =>
    [...(groupOfFile.get(a) ?? [])].some((group) => groupOfFile.get(b)?.has(group))
  const { rootOf, unite } = unions(files.length)
  similarFeatures(features)((i, j) => {
    if (!areKnown(files[i]!.file, files[j]!.file)) unite(i, j)
  })
  const groups = groupedBy(
    files.map((_, i) => i),
    rootOf
  ).filter((group) => group.length > 1)
  const survey = { files }
  const across = (group: Copies): boolean => setsIn(survey, group).length > 1
  return [
    ...ofGroups(
      'similar-leak',
      survey,
      groups.filter(across),
      (n, images) => `${n} of similar images across sets, ${images}`,
      (group) => ofEarlierSets(survey, group)
    ),
    ...ofGroups(
      'similar-images',
      survey,
      groups.filter((group) => !across(group)),
      (n, images) => `${n} of similar images, ${images}`
    )
  ]
}
