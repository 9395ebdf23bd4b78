/** `graft diagram`: a network as boxes and arrows. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classification, segmentation } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { diagram } from '../../interpret/draw/index.js'
import { figureForms, nodeFiles, saveFigure } from '../../io/index.js'
import { cut, freezeBody, head, unet, withHead } from '../../model/index.js'
import { exitCodes } from '../output/exit.js'
import { oneOf, pictureFlag, type Read, readFlags, whole } from '../flags/flags.js'
import { planOf, unnamed, type Wanted } from '../named/planned.js'
import type { Terminal } from '../output/Terminal.js'

export interface DiagramFlags {
  readonly arch?: string
  readonly head?: string
  readonly classes?: string
  readonly freeze?: boolean
  readonly size?: string
  readonly depth?: string
  readonly out?: string
  readonly json?: boolean
}

const heads = ['classifier', 'unet', 'none'] as const

const graftedBy =
  (kind: (typeof heads)[number], classes: number, freeze: boolean): Wanted['grafted'] =>
  (arch) => {
    if (kind === 'none') return { model: arch, task: undefined }
    const model = withHead(kind === 'unet' ? unet() : head())(cut(arch))
    return {
      model: freeze ? freezeBody(model) : model,
      task: (kind === 'unet' ? segmentation : classification)(unnamed(classes))
    }
  }

const depthFlag = (text: string | undefined): Read<number | undefined> =>
  text === 'all' ? E.right(Infinity) : whole('--depth', 1, '2, or all')(text)

/** A file name made from an architecture's name, which may contain anything. */
const fileName = (name: string): string => `${name.replace(/[^\w.-]+/g, '_')}.svg`

/** `graft diagram [MODEL]`: the exit code. */
export const diagramCommand =
  (what: string | undefined, flags: DiagramFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      TE.fromEither(
        readFlags({
          kind: oneOf('--head', heads)(flags.head),
          classes: whole('--classes', 1, '2', 100_000)(flags.classes),
          size: whole('--size', 1, '224')(flags.size),
          depth: depthFlag(flags.depth),
          out: pictureFlag('--out', figureForms('Diagram'), 'network.svg')(flags.out)
        })
      ),
      TE.chainW(({ kind = 'classifier', classes, size, depth = 2, out }) =>
        pipe(
          planOf(what, {
            module: flags.arch ?? null,
            size,
            classes,
            ofArchs: { '--head': flags.head, '--freeze': flags.freeze },
            grafted: graftedBy(kind, classes ?? 2, flags.freeze === true)
          }),
          TE.chainW(({ plan, arch }) => {
            const drawn = diagram({ depth, ...(arch === null || kind === 'none' ? {} : { arch }) })(plan)
            const file = out ?? join('graft-out', fileName(plan.name))
            return pipe(
              saveFigure(file)(drawn)({ files: nodeFiles }),
              TE.map(() => file)
            )
          })
        )
      ),
      TE.map((file) => {
        terminal.result(flags.json === true ? JSON.stringify({ files: [file] }) : file)
        return exitCodes.done
      })
    )
