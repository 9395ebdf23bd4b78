/** Section 1: what was trained, how, where, and how to repeat it. */
import type { Block } from '../../page/index.js'
import type { ReportSection } from '../Report.js'

/** What is said of a run: texts that the run's values show themselves as. */
export interface About {
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>
  /** The model as a `pipe`. */
  readonly model: string
  /** The recipe as code. */
  readonly recipe: string
  /** The description of the run, `graft.json`, as JSON. */
  readonly description: string
  readonly data: string
  readonly modelJson: string
  readonly recipeJson: string
  /** The command that repeats the run. */
  readonly command: string
  /** What a reader must know before the rest: that the run was interrupted, that its data have moved. */
  readonly notes: ReadonlyArray<string>
}

export const aboutSection = (about: About): ReportSection<Block> => ({
  id: 'run',
  title: 'Run',
  blocks: [
    ...about.notes.map((text): Block => ({ _tag: 'Note', severity: 'warning', text })),
    { _tag: 'Facts', facts: about.facts },
    { _tag: 'Code', title: 'Model', text: about.model },
    { _tag: 'Code', title: 'Recipe', text: about.recipe },
    {
      _tag: 'Code',
      title: 'Command to repeat it, with data.json, model.json and recipe.json from below',
      text: about.command
    },
    {
      _tag: 'Details',
      title: 'Data, model, recipe and run as JSON',
      blocks: [
        { _tag: 'Code', title: 'data.json', text: about.data },
        { _tag: 'Code', title: 'model.json', text: about.modelJson },
        { _tag: 'Code', title: 'recipe.json', text: about.recipeJson },
        { _tag: 'Code', title: 'graft.json', text: about.description }
      ]
    }
  ]
})
