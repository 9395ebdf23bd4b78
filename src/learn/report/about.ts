/** What is said of a run: its values as code and JSON, the machine, and the command that repeats it. */
import { arch, cpus, platform, totalmem } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { showModel } from '../../model/index.js'
import { Recipe } from '../../recipe/index.js'
import type { About } from '../../report/index.js'
import { showTask } from '../../data/index.js'
import { version } from '../../version.js'
import type { Learner } from '../learner/Learner.js'
import { descriptionJson, type Run } from '../saved/RunDescription.js'

const json = (value: unknown): string => JSON.stringify(value, null, 2)

/** A word of a command line. */
const quoted = (word: string): string => (/^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

type Parts = Readonly<Record<string, unknown>>

const commandOf = (parts: Parts): string => {
  const flags: ReadonlyArray<readonly [flag: string, value: unknown]> = [
    ['--model', 'model.json'],
    ['--recipe', 'recipe.json'],
    ['--seed', parts['seed']],
    ['--wd', parts['wd']],
    ['--metrics', parts['metrics']],
    ['--loss', parts['loss']],
    ['--class-weights', parts['classWeights']],
    ['--opt', parts['opt']],
    ['--clip', parts['clip']],
    ['--engine', parts['engine']],
    ['--threads', parts['threads']]
  ]
  const words = flags.flatMap(([flag, value]) =>
    value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [flag, quoted(typeof value === 'string' ? value : JSON.stringify(value))]
  )
  return ['graft train data.json', ...words].join(' ')
}

export const aboutOf = (run: Run, { plan, settings, history, data }: Learner, notes: ReadonlyArray<string>): About => {
  const { description } = run
  const parts: Parts = E.getOrElse((): object => ({}))(descriptionJson(description)) as Parts
  const [processor] = cpus()
  return {
    facts: [
      ['task', showTask.show(data.task)],
      ['architecture', description.model.body.arch.name],
      ['loss', settings.loss._tag],
      ['optimiser', settings.opt._tag],
      ['weight decay', String(description.wd)],
      ['seed', String(description.seed)],
      ['epochs', `${history.rows.length}, in ${history.losses.length} batches of ${description.data.bs}`],
      ['engine', description.engine],
      ['threads', description.threads === null ? 'one for each physical core' : String(description.threads)],
      ['graft', version],
      ['Node', process.version],
      [
        'machine',
        `${processor?.model ?? 'unknown processor'}, ${cpus().length} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`
      ],
      ['system', `${platform()} ${arch()}`],
      ['run', run.id.slice(0, 12)],
      ['network', plan.name]
    ],
    model: showModel.show(description.model),
    recipe: Recipe.showRecipe.show(description.recipe),
    data: json(parts['data']),
    modelJson: json(parts['model']),
    recipeJson: json(parts['recipe']),
    description: json(parts),
    command: commandOf(parts),
    notes
  }
}
