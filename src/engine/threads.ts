import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'

/** Two hyper-threads of one core share its arithmetic units, so one thread per core is fastest. */
const coresOf = (cpuinfo: string): number => {
  const field = (block: string, name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(':')[1]
      ?.trim()
  const blocks = cpuinfo.split('\n\n').filter((b) => b.startsWith('processor'))
  return new Set(blocks.map((b) => `${field(b, 'physical id')} ${field(b, 'core id') ?? field(b, 'processor')}`)).size
}

/** The number of physical cores this process may use, if the system reports it. */
export const physicalCores = (): number =>
  pipe(
    E.tryCatch(() => coresOf(readFileSync('/proc/cpuinfo', 'utf8')), E.toError),
    E.fold(availableParallelism, (cores) =>
      cores > 0 ? Math.min(cores, availableParallelism()) : availableParallelism()
    )
  )
