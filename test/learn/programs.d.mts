import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { GraftError } from 'graft-vision'
import type { GraftEnv } from 'graft-vision/node'

type Program<A> = ReaderTaskEither<GraftEnv, GraftError, A>

export interface Outcome {
  readonly state: ReadonlyMap<string, Float32Array>
  readonly steps: number
  readonly rows: ReadonlyArray<readonly [number, number | null]>
  readonly halted: boolean
}

export interface Training {
  readonly folder: string
  readonly epochs: number
  readonly checkpoint?: string
}

export const train: (training: Training) => Program<Outcome>
export const findPoints: (training: { readonly folder: string }) => Program<Outcome>
export const resume: (training: Training) => Program<Outcome>
export const watched: (training: { readonly folder: string }) => Program<Outcome>
export const engineName: () => Program<string>
export const priorities: (
  training: Pick<Training, 'folder'>
) => Program<{ readonly own: number; readonly process: number; readonly all: ReadonlyArray<number> }>
export const echo: (args: unknown) => Program<unknown>
