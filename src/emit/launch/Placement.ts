/**
 * Where the folder of a job and its images are, as the machines that run it see them.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Placement {
  /** The folder of the job. */
  readonly folder: string
  /** The root of the data. */
  readonly dataRoot: string
  /** The folder of the run; null: `run` in the folder of the job. */
  readonly out: string | null
}

/** The arguments of the program, started in the folder of the job. */
export const programArgs = ({ dataRoot, out }: Placement): ReadonlyArray<string> => [
  ...['-m', 'graft_torch', '.', '--data-root', dataRoot],
  ...(out === null ? [] : ['--out', out])
]

/** Text that a shell reads as one word. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** A command as a shell reads it. */
export const inShell = (words: ReadonlyArray<string>): string => words.map(quoted).join(' ')
