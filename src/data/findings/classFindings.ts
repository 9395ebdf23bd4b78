/** Classes that are missing in a set, that have few images, or that have far more than others. */
import * as E from 'fp-ts/lib/Either.js'
import { classWeightsOf, countsPerClass, showClassWeights } from '../ClassWeights.js'
import type { Labelled } from '../folders/Arrangement.js'
import { someOf } from '../DataError.js'
import type { Settled } from '../settle.js'
import { classesOf } from '../Task.js'
import { counted, finding, type Finding, type FindingGroup } from './Finding.js'

/** The number of training images below which a class is tiny, and the ratio from which classes are imbalanced. */
const [few, ratio] = [10, 4]

const classes = (n: number): string => counted(n, 'class', 'classes')

const namedGroups = (names: ReadonlyArray<string>, note: (name: string) => string): ReadonlyArray<FindingGroup> =>
  names.map((name) => ({ files: [], note: note(name) }))

/** Labels of validation images without training images of them, and the images. */
const untrained = (settled: Settled, valid: ReadonlyArray<Labelled>): ReadonlyArray<Finding> => {
  if (settled.task._tag !== 'Classification') return []
  const known = new Set(classesOf(settled.task))
  const names = [...new Set(valid.flatMap(({ label }) => (known.has(label.normalize('NFC')) ? [] : [label])))]
  return names.length === 0
    ? []
    : [
        finding('class-only-in-validation', {
          found: `${classes(names.length)} in the validation set only: ${someOf(names)}`,
          groups: names.map((name) => ({
            files: valid.flatMap(({ file, label }) => (label === name ? [file] : [])),
            note: name
          })),
          leaveOut: valid.flatMap(({ file, label }) => (names.includes(label) ? [file] : []))
        })
      ]
}

const imbalanced = (settled: Settled, counts: ReadonlyArray<number>): ReadonlyArray<Finding> => {
  const { task, train } = settled
  const names = classesOf(task)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (!(least > 0 && most >= ratio * least)) return []
  const at = (count: number): string => names[counts.indexOf(count)]!
  const weights = classWeightsOf('balanced')(task, train)
  const balancing = E.isRight(weights)
    ? `weights that balance it: ${showClassWeights(names, weights.right)}`
    : undefined
  return [
    finding('imbalance', {
      found: `${at(most)} has ${counted(most, 'training image')}, ${at(least)} has ${least}`,
      groups: [
        {
          files: [],
          note: `training images: ${someOf(
            names.map((name, i) => `${name} ${counts[i]!}`),
            10
          )}`
        },
        ...(balancing === undefined ? [] : [{ files: [], note: balancing }])
      ]
    })
  ]
}

/** What the classes of labelled images show; `valid` has all validation images, those of unknown classes included. */
export const classFindings = (settled: Settled, valid: ReadonlyArray<Labelled>): ReadonlyArray<Finding> => {
  const names = classesOf(settled.task)
  const [train, held] = [countsPerClass(settled.task, settled.train), countsPerClass(settled.task, settled.valid)]
  const count = new Map(names.map((name, i) => [name, train[i] ?? 0]))
  const tiny = names.filter((name) => count.get(name)! < few)
  const unscored = settled.valid.length === 0 ? [] : names.filter((_, i) => held[i] === 0)
  return train.length === 0
    ? []
    : [
        ...untrained(settled, valid),
        ...(unscored.length === 0
          ? []
          : [
              finding('class-only-in-training', {
                found: `${classes(unscored.length)} in the training set only: ${someOf(unscored)}`,
                groups: namedGroups(unscored, (name) => `${name}: ${counted(count.get(name)!, 'training image')}`)
              })
            ]),
        ...(tiny.length === 0
          ? []
          : [
              finding('tiny-class', {
                found: `${classes(tiny.length)} with fewer than ${few} training images: ${someOf(tiny)}`,
                groups: namedGroups(tiny, (name) => `${name}: ${counted(count.get(name)!, 'training image')}`)
              })
            ]),
        ...imbalanced(settled, train)
      ]
}
