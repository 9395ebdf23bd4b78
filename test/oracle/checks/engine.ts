/** The engine that the numbers are computed with: ORACLE_ENGINE, or the default one. */
import * as E from 'fp-ts/lib/Either.js'
import { acquireEngine, type Engine, engineNames } from '../../../src/engine/index.js'

let acquired: Promise<Engine> | undefined

const acquire = async (exactConv: boolean): Promise<Engine> => {
  const wanted = process.env['ORACLE_ENGINE']
  const name = engineNames.find((n) => n === wanted)
  if (wanted !== undefined && wanted !== '' && name === undefined) throw new Error(`no engine ${wanted}`)
  const engine = await acquireEngine(name ?? 'auto', exactConv ? { exactConv } : {})()
  if (E.isLeft(engine)) throw new Error(`${engine.left.found}: ${engine.left.hint}`)
  return engine.right
}

/** Throws where there is none: no case can be checked then. */
export const engine = (): Promise<Engine> => (acquired ??= acquire(false))

let exact: Promise<Engine> | undefined

/** The same, without Winograd's transforms, whose rounding a deep network's gradients multiply. */
export const exactEngine = (): Promise<Engine> => (exact ??= acquire(true))
