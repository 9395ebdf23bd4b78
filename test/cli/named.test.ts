/** What DATA on the command line stands for. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { namedData, namedRecipe } from '../../src/cli/named/named.js'
import { left, place, right, workplace } from '../io/workplace.js'

const work = workplace()

describe('DATA', () => {
  it.each(['labels.csv', 'labels.tsv', 'train.txt'])('%s is a table', async (csv) => {
    expect(right(await namedData(join(work, csv))()).source).toMatchObject({ _tag: 'ImageCsv', path: work, csv })
  })

  it.each([
    ['labels.xlsx', 'save the table as CSV, and pass that file'],
    ['photos.zip', 'unpack it, and pass the folder or the table'],
    ['cat.png', 'pass the folder of the images']
  ])('%s is not data, and the hint says what to do', async (name, hint) => {
    place(join(work, name), 'x')
    expect(left(await namedData(join(work, name))())).toMatchObject({ hint })
  })
})

describe('--recipe', () => {
  const text = '[{"step":"fit","epochs":2,"until":["saveBest"]}]'

  it('takes the JSON itself, or a file of it', async () => {
    const file = join(work, '[recipe].json')
    place(file, text)
    const recipe = right(await namedRecipe(text)())
    expect(recipe).toMatchObject([{ epochs: 2, until: [{ _tag: 'SaveBest' }] }])
    expect(right(await namedRecipe(file)())).toEqual(recipe)
  })

  it.each([['[{"step":"fit"'], ['[{"step":"fitt","epochs":2}]']])(
    'reports mistakes in %s at --recipe',
    async (wrong) => {
      expect(JSON.stringify(left(await namedRecipe(wrong)()))).toContain('--recipe')
    }
  )
})
