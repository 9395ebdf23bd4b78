/** The counters of a server, in the text format of Prometheus (version 0.0.4). */
import type { IO } from 'fp-ts/lib/IO.js'

/** Upper bounds in seconds. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Upper bounds in images. */
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128]

/** What is read when the metrics are asked for. */
export interface Gauges {
  readonly waiting: IO<number>
  readonly ready: IO<number>
  readonly heldBytes: IO<number>
}

export interface Metrics {
  readonly onResponse: (path: string, status: number, ms: number) => void
  readonly onBatch: (model: string, images: number, ms: number) => void
  readonly text: IO<string>
}

/** Values counted in buckets, each of which also counts the smaller ones. */
interface Histogram {
  readonly add: (value: number) => void
  readonly lines: (name: string, labels: string) => ReadonlyArray<string>
}

const histogram = (bounds: ReadonlyArray<number>): Histogram => {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    add: (value) => {
      const found = bounds.findIndex((bound) => value <= bound)
      counts[found < 0 ? bounds.length : found]!++
      sum += value
    },
    lines: (name, labels) => {
      let total = 0
      const buckets = [...bounds, '+Inf'].map((bound, i) => {
        total += counts[i]!
        return `${name}_bucket{${labels},le="${bound}"} ${total}`
      })
      return [...buckets, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`]
    }
  }
}

const escaped = (label: string): string => label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const heading = (name: string, type: string, help: string): ReadonlyArray<string> => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`
]

const gauge = (name: string, help: string, value: number): ReadonlyArray<string> => [
  ...heading(name, 'gauge', help),
  `${name} ${value}`
]

const entry = <A>(map: Map<string, A>, key: string, make: () => A): A => {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

const histograms = (name: string, help: string, all: ReadonlyMap<string, Histogram>): ReadonlyArray<string> => [
  ...heading(name, 'histogram', help),
  ...[...all].flatMap(([labels, one]) => one.lines(name, labels))
]

export const newMetrics = (gauges: Gauges): Metrics => {
  const responses = new Map<string, number>()
  const durations = new Map<string, Histogram>()
  const batches = new Map<string, Histogram>()
  const batchSeconds = new Map<string, Histogram>()
  return {
    onResponse: (path, status, ms) => {
      const labels = `path="${escaped(path)}",status="${status}"`
      responses.set(labels, (responses.get(labels) ?? 0) + 1)
      entry(durations, `path="${escaped(path)}"`, () => histogram(seconds)).add(ms / 1000)
    },
    onBatch: (model, images, ms) => {
      const labels = `model="${escaped(model)}"`
      entry(batches, labels, () => histogram(batchSizes)).add(images)
      entry(batchSeconds, labels, () => histogram(seconds)).add(ms / 1000)
    },
    text: () =>
      [
        ...heading('graft_requests_total', 'counter', 'Responses by path and status.'),
        ...[...responses].map(([labels, n]) => `graft_requests_total{${labels}} ${n}`),
        ...histograms('graft_request_seconds', 'Time from a request to its response.', durations),
        ...histograms('graft_batch_images', 'Images of a batch.', batches),
        ...histograms('graft_batch_seconds', 'Time of a batch: decoding and prediction.', batchSeconds),
        ...gauge('graft_queue_images', 'Images that wait for a worker.', gauges.waiting()),
        ...gauge('graft_workers_ready', 'Workers that have loaded the models.', gauges.ready()),
        ...gauge('graft_held_bytes', 'Bytes of the bodies of requests in progress.', gauges.heldBytes()),
        ...gauge('process_resident_memory_bytes', 'Resident memory of the process.', process.memoryUsage.rss()),
        ''
      ].join('\n')
  }
}
