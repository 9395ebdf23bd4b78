/** A page that follows a training: everything so far when it is loaded, then changes as server-sent events. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import { ioFailure, nodeFiles, pageAssets } from '../io/index.js'
import { aboutOf, type Callback, type Learner, renderedSection, type Run } from '../learn/index.js'
import { fragment, h, page, type PageSection, sectionHtml } from '../page/index.js'
import type { Event, History } from '../recipe/index.js'
import { aboutSection, curvesSection, networkSection, type ReportSection, reportSection } from '../report/index.js'
import { listen } from './listening.js'
import type { ServeHandler } from './serveHandler.js'

/** A page that follows a training. */
export interface LivePage {
  readonly url: string
  readonly onEvent: Callback
  /** Says what is trained, before the first event. */
  readonly begin: (run: Run, learner: Learner) => void
  /** Says that the training has ended, and stops answering. */
  readonly end: (words: string) => Promise<void>
}

/** What is sent: see `client/live.ts` of the room `page`. */
interface Update {
  readonly sections?: ReadonlyArray<{ readonly id: string; readonly html: string }>
  readonly progress?: { readonly text: string; readonly share: number }
  readonly ended?: string
}

/** Milliseconds between lines of progress, and between curves within an epoch. */
const progressEvery = 250
const curvesEvery = 10_000

const own = new Set(['localhost', '127.0.0.1', '[::1]'])

interface State {
  readonly run: Run
  readonly learner: Learner
  readonly history: { -readonly [K in keyof History]: Array<History[K][number]> }
}

const copyOf = ({ losses, lrs, moms, rows }: History): State['history'] => ({
  losses: [...losses],
  lrs: [...lrs],
  moms: [...moms],
  rows: [...rows]
})

type BatchEnd = Extract<Event, { readonly _tag: 'BatchEnd' }>

const progressOf = (event: BatchEnd, batches: number, phase: string): NonNullable<Update['progress']> => {
  const at = `${phase}epoch ${event.epoch + 1}/${event.epochs}`
  return {
    text: event.train
      ? `${at}, batch ${event.batch + 1}/${batches}, loss ${event.smoothedLoss.toFixed(4)}`
      : `${at}, validating`,
    share: (event.iteration + 1) / Math.max(1, batches * event.epochs)
  }
}

const rendered = (section: ReportSection): Promise<PageSection> =>
  renderedSection(section)().then(
    E.match(
      (): PageSection => ({
        id: section.id,
        title: section.title,
        content: h('p', {}, 'This section cannot be drawn.')
      }),
      reportSection
    )
  )

const made = (): Omit<LivePage, 'url'> & { readonly handler: Pick<ServeHandler, 'fetch' | 'close'> } => {
  let state: State | undefined
  let still: Promise<ReadonlyArray<PageSection>> = Promise.resolve([])
  let progress: NonNullable<Update['progress']> = { text: 'not begun', share: 0 }
  let ended: string | undefined
  let [batches, phase, lastProgress, lastCurves] = [0, '', -Infinity, -Infinity]
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const bytes = (update: Update): Uint8Array => new TextEncoder().encode(`data: ${JSON.stringify(update)}\n\n`)
  const send = (update: Update): void => {
    for (const reader of readers) reader.enqueue(bytes(update))
  }
  const curves = (s: State): Promise<PageSection> => {
    const names = s.learner.settings.metrics.map(({ name }) => name)
    return rendered(curvesSection(copyOf(s.history), s.run.description.recipe, names))
  }
  const sendCurves = async (s: State): Promise<void> => {
    // nobody looks: the next page draws them
    if (readers.size === 0) return
    lastCurves = performance.now()
    const section = await curves(s)
    send({ sections: [{ id: section.id, html: sectionHtml(section).text }] })
  }
  const document = async (): Promise<Response> => {
    const assets = await pageAssets({ files: nodeFiles })()
    if (E.isLeft(assets)) return new Response(assets.left.found, { status: 500 })
    const sections = state === undefined ? [] : [await curves(state), ...(await still)]
    const live = h(
      'div',
      { 'data-events': '/events' },
      h('p', {}, 'Training: ', h('span', { class: 'state', role: 'status' }, ended ?? 'connecting')),
      h('p', {}, h('progress', { max: 1, value: progress.share, 'aria-label': 'Progress of this training step' })),
      h('p', { class: 'live' }, progress.text)
    )
    const html = page(assets.right)({
      title: state === undefined ? 'Training' : `${state.run.description.model.body.arch.name}, training`,
      lead: fragment(live),
      sections,
      policy: ["connect-src 'self'"]
    })
    return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
  }
  const events = (): Response => {
    let mine: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({
      start: (reader) => {
        mine = reader
        reader.enqueue(bytes({ progress, ...(ended === undefined ? {} : { ended }) }))
        readers.add(reader)
      },
      cancel: () => {
        if (mine !== undefined) readers.delete(mine)
      }
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
  }
  const seen = (event: Event, history: () => History | undefined): void => {
    const now = performance.now()
    if (state === undefined) return
    if (event._tag === 'TrainBegin') {
      batches = event.batches
      phase = event.phases > 1 ? `phase ${event.phase + 1}/${event.phases}, ` : ''
      // a resumed training has a history
      const known = history()
      if (known !== undefined) state = { ...state, history: copyOf(known) }
    }
    if (event._tag === 'BatchEnd') {
      if (event.train) {
        state.history.losses.push(event.smoothedLoss)
        state.history.lrs.push(event.lrs.at(-1) ?? NaN)
        state.history.moms.push(event.mom)
      }
      progress = progressOf(event, batches, phase)
      if (now - lastProgress >= progressEvery) {
        lastProgress = now
        send({ progress })
      }
      if (now - lastCurves >= curvesEvery) void sendCurves(state)
    }
    if (event._tag === 'EpochEnd') {
      state.history.rows.push(event.row)
      send({ progress })
      void sendCurves(state)
    }
  }
  return {
    handler: {
      fetch: (request: Request) => {
        const { hostname, pathname } = new URL(request.url)
        // a page of another site must not read it through a name that leads here
        if (!own.has(hostname)) return Promise.resolve(new Response('not found', { status: 404 }))
        if (pathname === '/') return document()
        return Promise.resolve(pathname === '/events' ? events() : new Response('not found', { status: 404 }))
      },
      close: () => {
        for (const reader of readers) reader.close()
        readers.clear()
        return Promise.resolve()
      }
    },
    onEvent: (event, now) => () => {
      seen(event, () =>
        pipe(
          now(),
          E.match(
            () => undefined,
            ({ history }) => history
          )
        )
      )
      return 'continue'
    },
    begin: (run, learner) => {
      state = { run, learner, history: copyOf(learner.history) }
      const sections = [aboutSection(aboutOf(run, learner, [])), networkSection(learner.plan, run.description.recipe)]
      still = Promise.all(sections.map(rendered))
    },
    end: async (words) => {
      ended = words
      if (state !== undefined) await sendCurves(state)
      send({ progress: { ...progress, share: 1 }, ended: words })
    }
  }
}

/** The port of live pages where none is chosen. */
const usual = 7007

/** Starts a live page on this machine's own address: at `port`, or at a usual one, or at a free one if that is in use. */
export const livePage = (port: number | undefined): TE.TaskEither<GraftError, LivePage> => {
  const { handler, onEvent, begin, end } = made()
  const at = (n: number) => listen(handler, { host: '127.0.0.1', port: n, timeout: 10_000 })
  return pipe(
    port === undefined ? TE.orElse(() => at(0))(at(usual)) : at(port),
    TE.bimap(
      (error): GraftError =>
        port === undefined
          ? error
          : ioFailure(
              `--watch ${port}`,
              'a free port',
              'one that cannot be used',
              'choose another one, or pass --watch alone'
            ),
      ({ url, stop }) => ({
        ...{ url, onEvent, begin },
        end: async (words: string) => {
          await end(words)
          await stop()
        }
      })
    )
  )
}
