/**
 * Code of a worker thread: opens images as the calling thread would, and answers requests. Bundled as a separate file.
 */
import { parentPort, type MessagePort, type Transferable } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { wholeFiles, type DataError, type PlaceOf } from '../../data/index.js'
import { ioFailure, messageOf, type IoError } from '../IoError.js'
import { blockingFiles } from '../nodeFiles.js'
import { pictures, type Pictures } from '../opened/pictures.js'
import { sharpImages } from '../formats/sharpImages.js'
import type { PictureAnswers, PictureRequest, PictureSet } from './Workers.js'

interface Ask {
  readonly _tag: 'Ask'
  readonly call: number
  readonly set: number
  readonly request: PictureRequest
}

type Message =
  { readonly _tag: 'Open'; readonly set: PictureSet } | { readonly _tag: 'Forget'; readonly id: number } | Ask

type Answer = E.Either<DataError | IoError, PictureAnswers[PictureRequest['_tag']]>

/** While some images are being decoded, another is transformed; with fewer, threads often wait for one another. */
const atOnce = 4

const env = { files: blockingFiles, images: sharpImages(atOnce) }

/** Where the images of a request are. */
const placesIn = (request: PictureRequest): PlaceOf => {
  if (request._tag === 'Facts') {
    const { files, places } = request
    const known = new Map(files.map((file, i) => [file, places?.[i]]))
    return (file) => known.get(file) ?? wholeFiles(file)
  }
  const { item, places } = request
  return (file) =>
    (file === item.file ? places?.file : file === item.label ? places?.label : undefined) ?? wholeFiles(file)
}

const answered = async (open: (placeOf: PlaceOf) => Pictures, request: PictureRequest): Promise<Answer> => {
  const from = open(placesIn(request))
  if (request._tag === 'Facts') return E.right(await from.facts(request.files)(env)())
  if (request._tag === 'Verify') return from.verify(request.item)(env)()
  const { item, sides, task, view } = request
  const loaded = await from.dataset([item], sides, task).item(0, view)(env)()
  return E.map(({ pixels, mask, goal, points }: PictureAnswers['Item']) => ({
    pixels,
    ...(points === undefined ? {} : { points }),
    ...(mask === undefined ? {} : { mask }),
    ...(goal === undefined ? {} : { goal })
  }))(loaded)
}

/** Buffers to transfer to the calling thread; none of them is cached here. */
const movable = (answer: Answer): Array<Transferable> => {
  if (E.isLeft(answer) || !('pixels' in answer.right)) return []
  const { pixels, mask, goal } = answer.right
  return [pixels.data, mask, goal?.data].flatMap((data) =>
    data !== undefined && data.byteLength === data.buffer.byteLength ? [data.buffer as ArrayBuffer] : []
  )
}

const serve = (port: MessagePort): void => {
  const sets = new Map<number, (placeOf: PlaceOf) => Pictures>()
  const queue: Array<Ask> = []
  let running = 0
  const one = async ({ call, set, request }: Ask): Promise<void> => {
    let answer: Answer
    try {
      answer = await answered(sets.get(set)!, request)
    } catch (cause) {
      answer = E.left(ioFailure('a worker thread', 'pictures loaded', messageOf(cause), 'report this'))
    }
    port.postMessage({ call, answer }, movable(answer))
    running--
    next()
  }
  const next = (): void => {
    while (running < atOnce && queue.length > 0) {
      running++
      void one(queue.shift()!)
    }
  }
  port.on('message', (message: Message) => {
    switch (message._tag) {
      case 'Open':
        sets.set(message.set.id, pictures(message.set))
        return
      case 'Forget':
        sets.delete(message.id)
        return
      case 'Ask':
        queue.push(message)
        next()
    }
  })
}

if (parentPort !== null) serve(parentPort)
