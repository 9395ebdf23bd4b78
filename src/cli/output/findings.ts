/** Findings of a check on the terminal, as a file, and as a page. */
import { join } from 'node:path'
import { type DataCheck, type Finding, type FindingGroup, imagesToLeaveOut, writeExclusion } from '../../data/index.js'
import { countFindings, showTask, titleOf } from '../../data/index.js'
import { type Block, blocksHtml, page, type PageAssets } from '../../page/index.js'
import { version } from '../../version.js'
import { hintInFlags } from './inFlags.js'

const suspects = (findings: ReadonlyArray<Finding>): ReadonlyArray<string> =>
  findings.flatMap(({ code, groups }) =>
    code === 'label-suspect'
      ? groups.map(
          ({ files, note = '' }) => `# ${JSON.stringify(files[0] ?? '')}: ${note.replaceAll(/[\r\n]+/g, ' ')}\n`
        )
      : []
  )

/** The list of what to leave out; labels to look at are comments. */
export const fixList = ({ root, findings }: DataCheck): string => {
  const doubtful = suspects(findings)
  return [
    `# Images to leave out of ${JSON.stringify(root)}, written by graft check.\n`,
    writeExclusion(imagesToLeaveOut(findings)),
    ...(doubtful.length === 0 ? [] : ['# Labels to look at, most doubtful first:\n', ...doubtful])
  ].join('')
}

/** The largest number of groups of one finding in a page; the list of what to leave out has them all. */
const mostGroups = 2000

const cells = ({ files, sets, note = '' }: FindingGroup): ReadonlyArray<string> => [
  files.map((file, i) => (sets === undefined ? file : `${file} (${sets[i]!})`)).join('\n'),
  note
]

const findingBlocks = (one: Finding): ReadonlyArray<Block> => [
  {
    _tag: 'Note',
    severity: one.severity === 'note' ? 'info' : one.severity,
    text: `${one.found}. ${hintInFlags(one.meaning)}.`
  },
  { _tag: 'Text', text: `What to do: ${hintInFlags(one.remedy)}.` },
  ...(one.groups.length === 0
    ? []
    : [
        {
          _tag: 'Table',
          caption:
            one.groups.length > mostGroups
              ? `The first ${mostGroups} of ${one.groups.length} groups`
              : `${one.groups.length} ${one.groups.length === 1 ? 'group' : 'groups'}`,
          columns: ['Files', 'Found'],
          rows: one.groups.slice(0, mostGroups).map(cells)
        } satisfies Block
      ])
]

/** All findings as a page. */
export const findingsPage = (assets: PageAssets, { root, task, images, findings }: DataCheck): string => {
  const facts: Block = {
    _tag: 'Facts',
    facts: [
      ['Folder', root],
      ['Task', task === null ? 'unknown' : showTask.show(task)],
      ['Training images', String(images.train)],
      ['Validation images', String(images.valid)],
      ['Test images', String(images.test)],
      ['Found', countFindings(findings)]
    ]
  }
  return page(assets)({
    title: `Check of ${join(root).split(/[\\/]/).at(-1) ?? root}`,
    sections: [
      { id: 'data', title: 'Data', content: blocksHtml([facts], 'data') },
      ...findings.map((one, i) => ({
        id: `finding-${i}`,
        title: `${one.severity}: ${titleOf(one)} (${one.code})`,
        content: blocksHtml(findingBlocks(one), `finding-${i}`)
      }))
    ],
    footer: `graft ${version}`
  })
}
