/**
 * Paths of the job's folder, its images and its run on the machines that run the job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Placement {
  /** The folder of the job. */
  readonly folder: string
  /** The folder that the paths in the manifest are relative to. */
  readonly dataRoot: string
  /** The folder of the run; null: `run` in the folder of the job. */
  readonly out: string | null
}

/** The arguments of the program, when started in the job's folder. */
export const programArgs = ({ dataRoot, out }: Placement): ReadonlyArray<string> => [
  ...['-m', 'graft_torch', '.', '--data-root', dataRoot],
  ...(out === null ? [] : ['--out', out])
]

/** Quotes text so that a shell reads it as one word. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** A command line for a shell. */
export const inShell = (words: ReadonlyArray<string>): string => words.map(quoted).join(' ')
