/** `Terminal`: the output streams of the command. Results go to stdout, everything else to stderr. */

import type { LivePage } from '../../serve/index.js'

export interface Terminal {
  /** A line of results. */
  readonly result: (line: string) => void
  /** A line of information. */
  readonly note: (line: string) => void
  /** The bottom line of a screen, replaced by the next one. */
  readonly bar: (line: string) => void
  /** Whether stderr is an interactive screen. */
  readonly screen: boolean
  /** A page that follows the training; default: none. */
  readonly live?: LivePage
}

/** The streams of the process. A closed reader (`| head`) is neither an error nor reported. */
export const processTerminal = (): Terminal => {
  const { stdout, stderr } = process
  let shown = false
  let gone = false
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') gone = true
      else process.exitCode = 1
    })
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[K')
    shown = false
  }
  return {
    screen: stderr.isTTY,
    result: (line) => {
      clear()
      if (!gone) stdout.write(`${line}\n`)
    },
    note: (line) => {
      clear()
      stderr.write(`${line}\n`)
    },
    bar: (line) => {
      stderr.write(`\r${line.slice(0, (stderr.columns || 80) - 1)}\x1b[K`)
      shown = true
    }
  }
}
