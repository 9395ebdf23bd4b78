/** The flags for imbalanced classes: weights in the loss, and how often images are drawn. */
import * as E from 'fp-ts/lib/Either.js'
import { Option } from 'commander'
import { balancedSampling, type ClassWeights, type Sampling } from '../../data/index.js'
import { optional, refused, type Read } from './flags.js'

/** The flags as typed. */
export interface ImbalanceFlags {
  readonly classWeights?: string
  readonly sample?: string
}

export const imbalanceOptions = (): ReadonlyArray<Option> => [
  new Option(
    '--class-weights <how>',
    'weights of the classes in the loss: balanced, effective, effective:BETA, or numbers (1,3)'
  )
]

const numeric = /^\d+(\.\d*)?(e[+-]?\d+)?$|^\.\d+(e[+-]?\d+)?$/i

const classWeightsFlag = optional((text): Read<ClassWeights> => {
  const word = text.trim()
  if (word === 'balanced' || word === 'effective') return E.right(word)
  const [, beta] = /^effective:(.+)$/.exec(word) ?? []
  if (beta !== undefined && numeric.test(beta) && Number(beta) < 1) return E.right({ effective: Number(beta) })
  const numbers = word.split(',').map((part) => part.trim())
  return numbers.length > 1 && numbers.every((part) => numeric.test(part))
    ? E.right(numbers.map(Number))
    : refused(
        '--class-weights',
        'balanced, effective, effective:BETA with BETA in [0, 1), or a number for each class',
        text,
        'balanced'
      )
})

export const sampleOption = (): Option =>
  new Option(
    '--sample <how>',
    'draw images of rare classes more often: balanced, or balanced:POWER (0: as they occur, 1: all classes equally)'
  )

const sampleFlag = optional((text): Read<Sampling> => {
  const [whole, power] = /^balanced(?::(.+))?$/.exec(text.trim()) ?? []
  const fine = power === undefined || (numeric.test(power) && Number(power) <= 1)
  return whole !== undefined && fine
    ? E.right(balancedSampling(power === undefined ? {} : { power: Number(power) }))
    : refused('--sample', 'balanced, or balanced:POWER with POWER in [0, 1]', text, 'balanced')
})

export const readImbalanceFlags = (flags: ImbalanceFlags) => ({
  classWeights: classWeightsFlag(flags.classWeights),
  sample: sampleFlag(flags.sample)
})
