import type { IO } from 'fp-ts/lib/IO.js'

/** What an engine releases when it is disposed of. */
export interface Disposal {
  /** Registers a release; the answer takes it off again. */
  readonly onDispose: (release: IO<void>) => IO<void>
  readonly dispose: IO<void>
}

/** Releases stay registered after `dispose`, since an engine can be used again. */
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
