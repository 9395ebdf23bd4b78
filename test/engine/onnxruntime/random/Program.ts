/**
 * Random TensorFlow.js programs as data: inputs, and instructions over whatever came before them. Every list of
 * instructions is a program, so that leaving some out, or making their numbers smaller, gives a smaller program.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as fc from 'fast-check'
import { boolsOf, intsOf } from '../../engines.js'
import { bools, ints } from './discrete.js'
import { quarters, whole, type Known } from './Known.js'
import { movement } from './movement.js'
import type { Choices, Operations } from './Operation.js'
import { pointwise } from './pointwise.js'
import { reductions } from './reductions.js'
import { windows } from './windows.js'

const byType = {
  float32: { ...pointwise, ...windows, ...reductions, ...movement },
  int32: ints,
  bool: bools
} as const satisfies Record<string, Operations>

type Type = keyof typeof byType

const types = Object.keys(byType) as ReadonlyArray<Type>

export const operations: Operations = { ...byType.float32, ...byType.int32, ...byType.bool }

const typeOf = (word: string): Type => types.find((type) => word in byType[type])!

export interface Input {
  readonly shape: ReadonlyArray<number>
  readonly seed: number
}

export interface Instruction {
  readonly word: string
  /** How far back its operand is, among the results of the type that the word takes. */
  readonly back: number
  /** What else it decides, number by number. */
  readonly dice: ReadonlyArray<number>
  /** Whether its results are results of the program. */
  readonly kept: boolean
  /** Whether its first result is read before the program goes on. */
  readonly read: boolean
}

export interface Program {
  readonly inputs: ReadonlyArray<Input>
  readonly body: ReadonlyArray<Instruction>
}

const shape = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 1, max: 4 })
    )
  },
  { weight: 2, arbitrary: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }) }
)

/** Words of numbers most of the time: they are most of a program. */
const word = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Object.keys(byType.float32)) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(byType.int32), ...Object.keys(byType.bool)) }
)

const instruction: fc.Arbitrary<Instruction> = fc.record({
  word,
  back: fc.nat({ max: 6 }),
  dice: fc.array(fc.nat({ max: 59 }), { maxLength: 12, size: 'max' }),
  kept: fc.boolean(),
  read: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
})

export const programs: fc.Arbitrary<Program> = fc.record({
  inputs: fc.array(fc.record({ shape, seed: fc.integer({ min: 1, max: 1 << 20 }) }), { minLength: 1, maxLength: 3 }),
  body: fc.array(instruction, { minLength: 1, maxLength: 14, size: 'max' })
})

export const inputsOf = (program: Program): ReadonlyArray<Known> => program.inputs.map((i) => quarters(i.seed, i.shape))

/** What a program gave, and which words of it gave something. */
export interface Outcome {
  readonly results: ReadonlyArray<Known>
  readonly met: ReadonlyArray<string>
}

const choicesOf = (
  instruction: Instruction,
  position: number,
  known: ReadonlyArray<Known>,
  differentiated: boolean
): Choices => {
  let next = 0
  const die = (): number => instruction.dice[next++] ?? 0
  let seed = 1000 * (position + 1)
  return {
    differentiated,
    below: (n) => die() % n,
    earlier: (fits) => {
      const candidates = known.filter(fits)
      // one chance in so many that it is none of them
      return candidates.toReversed()[die() % (candidates.length + 1)]
    },
    fresh: (shape) => quarters(seed++, shape),
    freshInts: (shape, below) => whole(intsOf(seed++, shape, below), below),
    freshBools: (shape) => whole(boolsOf(seed++, shape), 1)
  }
}

const operandOf = (word: string, back: number, known: ReadonlyArray<Known>, choices: Choices): Known => {
  const type = typeOf(word)
  const candidates = known.filter((k) => k.tensor.dtype === type)
  const operand = candidates.at(-1 - (back % candidates.length))
  if (operand !== undefined) return operand
  return type === 'int32' ? choices.freshInts([2, 3], 5) : choices.freshBools([2, 3])
}

/** Runs a program on the backend that is current. */
export const interpret = (
  { body }: Program,
  inputs: ReadonlyArray<Known>,
  { differentiated, vocabulary = operations }: { readonly differentiated: boolean; readonly vocabulary?: Operations }
): Outcome => {
  const known: Array<Known> = [...inputs]
  const results: Array<Known> = []
  const met: Array<string> = []
  body.forEach((instruction, i) => {
    const choices = choicesOf(instruction, i, known, differentiated)
    const operand = operandOf(instruction.word, instruction.back, known, choices)
    const given = [vocabulary[instruction.word]!(operand, choices) ?? []].flat()
    if (given.length > 0) met.push(instruction.word)
    if (instruction.read) given[0]?.tensor.dataSync()
    known.push(...given)
    if (instruction.kept || i === body.length - 1) results.push(...given)
  })
  return { results, met }
}

/** The sum of all results of numbers, each weighed, so that a gradient tells them apart; every input is in it. */
export const lossOf = (results: ReadonlyArray<Known>, inputs: ReadonlyArray<tf.Tensor>): tf.Scalar => {
  const floats = results.filter((r) => r.tensor.dtype === 'float32').map((r) => r.tensor)
  const weighed = [...floats, ...inputs.map((x) => tf.square(x))].map((t, i) =>
    tf.sum(tf.mul(t, quarters(7 + i, t.shape).tensor))
  )
  return weighed.reduce<tf.Tensor>((a, b) => tf.add(a, b), tf.scalar(0)) as tf.Scalar
}
