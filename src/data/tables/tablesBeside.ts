/**
 * Tables in a folder of unlabelled images, which the user may have meant to open.
 *
 * @since 0.1.0
 */
import type { DataError } from '../DataError.js'
import { folderOf, type Listing, tidied } from '../folders/Listing.js'

const isTable = (file: string): boolean => /\.(csv|tsv)$/i.test(file)

const isSheet = (file: string): boolean => /\.(xlsx?|ods|numbers|parquet|feather)$/i.test(file)

const outermost = (files: ReadonlyArray<string>, is: (file: string) => boolean): string | undefined => {
  const depth = (file: string): number => file.split('/').length
  return files.filter(is).sort((a, b) => depth(a) - depth(b))[0]
}

const opening = (root: string, table: string): string => {
  const folder = folderOf(table)
  return `imageCsv('${folder === '' ? root : `${root}/${folder}`}', { csv: '${table.split('/').at(-1)!}' })`
}

/** Errors about missing labels; the labels may be in a table. */
const isOfLabels = ({ _tag }: DataError): boolean =>
  _tag === 'NoImages' || _tag === 'OneClass' || _tag === 'MissingFolder'

/** A folder's error, or one that suggests the table found there. */
export const orTable =
  (root: string, listing: Listing) =>
  (error: DataError): DataError => {
    if (!isOfLabels(error)) return error
    const { files } = tidied(listing)
    const [table, sheet] = [outermost(files, isTable), outermost(files, isSheet)]
    const said = (file: string, hint: string): DataError => ({
      ...error,
      found: `${error.found}; there is a table: ${file}`,
      hint: `${hint}; otherwise put the images of each class into a separate folder`
    })
    if (table !== undefined) return said(table, `if it contains the labels, open it: ${opening(root, table)}`)
    return sheet === undefined
      ? error
      : said(
          sheet,
          `if it contains the labels, save it as CSV and open that: ${opening(root, sheet.replace(/\.\w+$/, '.csv'))}`
        )
  }
