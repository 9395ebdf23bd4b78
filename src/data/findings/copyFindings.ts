/** Copies within a set, across sets, and with different labels. */
import type { SetName } from '../holdouts/SetName.js'
import { byBytes, type Copies, nearCopies } from './copies.js'
import { counted, finding, type Finding, type FindingGroup } from './Finding.js'
import { imagesIn, type Survey } from './Survey.js'

/** Which set keeps an image that is in several: scores stay comparable if the later sets do not change. */
const rank: Readonly<Record<SetName, number>> = { train: 0, valid: 1, test: 2 }

const setAt = ({ files }: Survey, i: number): SetName => {
  const { role } = files[i]!
  return role === 'mask' ? 'train' : role
}

const nameAt = ({ files }: Survey, i: number): string => files[i]!.file

const setsIn = (survey: Survey, group: Copies): ReadonlyArray<SetName> => [
  ...new Set(group.map((i) => setAt(survey, i)))
]

/** Images of the test set have no label. */
const labelsIn = (survey: Survey, group: Copies): ReadonlyArray<string> => [
  ...new Set(group.flatMap((i) => survey.files[i]!.label ?? []))
]

const groupOf = (survey: Survey, group: Copies, note?: string): FindingGroup => ({
  files: group.map((i) => nameAt(survey, i)),
  sets: group.map((i) => setAt(survey, i)),
  ...(note === undefined ? {} : { note })
})

const highest = (survey: Survey, group: Copies): number => Math.max(...group.map((i) => rank[setAt(survey, i)]))

/** All but one image of the last set. */
const allButOne = (survey: Survey, group: Copies): ReadonlyArray<string> => {
  const top = highest(survey, group)
  const kept = group.find((i) => rank[setAt(survey, i)] === top)
  return group.filter((i) => i !== kept).map((i) => nameAt(survey, i))
}

/** The images of the earlier sets. */
const ofEarlierSets = (survey: Survey, group: Copies): ReadonlyArray<string> => {
  const top = highest(survey, group)
  return group.filter((i) => rank[setAt(survey, i)] < top).map((i) => nameAt(survey, i))
}

const ofGroups = (
  code: 'leak' | 'conflicting-labels' | 'near-leak' | 'duplicate' | 'near-duplicate',
  survey: Survey,
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
