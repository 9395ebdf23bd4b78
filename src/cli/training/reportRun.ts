/**
 * What `graft train` prints of a run that has ended.
 */
import { type Run, runFiles, rowOfModel } from '../../learn/index.js'
import { type History, Recipe, type Row, runRows } from '../../recipe/index.js'
import { given } from '../flags/flags.js'
import type { Terminal } from '../output/Terminal.js'

/** The row of the model that the run ended with. */
const modelRow = ({ description: { recipe, metrics = [] } }: Run, history: History): Row | undefined => {
  const phases = runRows(recipe)(history).map(({ phase }) => phase)
  const rows = history.rows.filter((_, i) => phases[i] === phases.at(-1))
  const step = recipe.findLast(Recipe.trains)
  const names = metrics.map(({ name }) => name)
  return step === undefined ? undefined : rowOfModel(step, names, rows)
}

/** Its metrics by name; the first is the last line of output. */
const lastMetrics = (run: Run, history: History): ReadonlyArray<readonly [name: string, value: number]> =>
  (modelRow(run, history)?.metrics ?? []).map((value, i) => [
    run.description.metrics?.[i]?.name ?? `metric ${i}`,
    value
  ])

/** Reports the files of a run as results. */
export const reportRun = (
  terminal: Terminal,
  json: boolean,
  run: Run,
  history: History,
  figures?: Readonly<Record<string, string>>
): void => {
  const { directory } = run
  const { model, history: table } = runFiles(directory)
  const metrics = lastMetrics(run, history)
  const rows = runRows(run.description.recipe)(history)
  if (json) {
    const ended = {
      directory,
      model,
      history: table,
      ...given({ figures }),
      ...Object.fromEntries(metrics.slice(0, 1))
    }
    return terminal.result(JSON.stringify({ ...ended, metrics: Object.fromEntries(metrics), rows }))
  }
  for (const [name, file] of Object.entries(figures ?? {})) terminal.result(`${name} ${file}`)
  terminal.result(`model ${model}`)
  terminal.result(`history ${table}`)
  for (const [name, value] of [...metrics].reverse()) terminal.result(`${name} ${value.toFixed(4)}`)
}
