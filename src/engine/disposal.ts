import type { IO } from 'fp-ts/lib/IO.js'

/** What an engine releases in `dispose`. */
export interface Disposal {
  /** Registers a release; the result unregisters it. */
  readonly onDispose: (release: IO<void>) => IO<void>
  readonly dispose: IO<void>
}

/** Releases stay registered after `dispose`, because the engine can be used again. */
export const disposal = (): Disposal => {
  const releases = new Set<IO<void>>()
  return {
    onDispose: (release) => {
      releases.add(release)
      return () => void releases.delete(release)
    },
    dispose: () => releases.forEach((release) => release())
  }
}
