/** Labels that are in a table beside the images, and not in the names of folders. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { type DataError, dataLayout, imageFolder } from '../../src/data/index.js'

const error = (...files: ReadonlyArray<string>): DataError | undefined => {
  const folders = [...new Set(files.flatMap((file) => (file.includes('/') ? [file.replace(/\/[^/]*$/, '')] : [])))]
  const opened = pipe(
    dataLayout(imageFolder('photos').source).arrange('photos', [])({ files, folders }),
    E.chain(({ settle }) => settle(() => true))
  )
  return E.isLeft(opened) ? opened.left : undefined
}

const images = (folder: string): ReadonlyArray<string> => [1, 2, 3, 4, 5].map((i) => `${folder}${i}.png`)

describe('a folder whose labels are in a table', () => {
  it.each([
    ['beside the images', [...images(''), 'labels.csv'], "imageCsv('photos', { csv: 'labels.csv' })"],
    ['beside one folder', [...images('images/'), 'labels.csv'], "imageCsv('photos', { csv: 'labels.csv' })"],
    ['of sets', [...images('train/'), ...images('test/'), 'a/b.tsv', 'train.csv'], "{ csv: 'train.csv' }"],
    ['of a test set', [...images('test/x/'), 'train.csv'], "{ csv: 'train.csv' }"],
    ['deeper', [...images('images/'), 'meta/all.csv'], "imageCsv('photos/meta', { csv: 'all.csv' })"],
    [
      'of Excel',
      [...images('images/'), 'labels.xlsx'],
      "save it as CSV and open that: imageCsv('photos', { csv: 'labels.csv' })"
    ]
  ])('(%s) names it', (_, files, hint) => {
    expect(error(...files)?.hint).toContain(hint)
    expect(error(...files)?.found).toContain('there is a table: ')
  })

  it('is suggested only if folders do not give the labels', () => {
    expect(error(...images('cat/'), ...images('dog/'), 'labels.csv')).toBeUndefined()
    expect(error(...images('images/'), '__MACOSX/labels.csv')?.hint).not.toContain('imageCsv')
  })
})
