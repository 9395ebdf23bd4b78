/**
 * The unpickler: a stack machine for pickle's binary instructions (described in Python's pickletools). It makes lists,
 * dicts and tensors from known names, placeholders for all others, and executes nothing. Each instruction does a
 * bounded amount of work and adds at most one value, so time and memory are limited by the bytes read. There is no
 * recursion.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { badPickle, type FormatError, refusedPickle } from '../../FormatError.js'
import {
  byteText,
  type Cursor,
  float64,
  fullName,
  int32,
  long,
  longerLong,
  take,
  text,
  uint16,
  uint32,
  uint64,
  uint8
} from './arguments.js'
import { called, persistent, placeholder } from './names.js'
import { isA, type Pickled, showPickled, type Storage } from './Pickled.js'

interface Machine {
  readonly stack: Array<Pickled>
  /** Height of the stack below each mark. */
  readonly marks: Array<number>
  readonly memo: Map<number, Pickled>
  readonly storages: Array<Storage>
}

/** The content of a pickle, and every storage that it refers to. */
export interface Unpickled {
  readonly value: Pickled
  readonly storages: ReadonlyArray<Storage>
}

/** Left: why the instruction cannot be executed. */
type Step = E.Either<FormatError, unknown>
type Instruction = (machine: Machine, cursor: Cursor) => Step

const unfit = (what: string, expected: string, found: string): Step =>
  E.left(badPickle(what, expected, found, 'fetch or write the file again'))

/** The topmost value above the last mark. */
const pop = ({ stack, marks }: Machine): Pickled | undefined =>
  stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined

const top = ({ stack, marks }: Machine): Pickled | undefined =>
  stack.length > (marks.at(-1) ?? 0) ? stack.at(-1) : undefined

/** Everything above the last mark, and the mark. */
const popMarked = ({ stack, marks }: Machine): Array<Pickled> | null => {
  const mark = marks.pop()
  return mark === undefined ? null : stack.splice(mark)
}

const push =
  (machine: Machine) =>
  (value: Pickled): Step => {
    machine.stack.push(value)
    return E.right(null)
  }

const present = (value: Pickled | undefined): E.Either<FormatError, Pickled> =>
  value === undefined ? E.left(badPickle('DUP', 'a value', 'nothing', 'fetch or write the file again')) : E.right(value)

/** Pushes the instruction's argument. */
const literal =
  (read: (cursor: Cursor) => E.Either<FormatError, Pickled>): Instruction =>
  (machine, cursor) =>
    pipe(read(cursor), E.chain(push(machine)))

const constant =
  (make: () => Pickled): Instruction =>
  (machine) =>
    push(machine)(make())

const tupleOf =
  (n: number): Instruction =>
  (machine) => {
    const items = Array.from({ length: n }, () => pop(machine)).toReversed()
    return items.every((item) => item !== undefined)
      ? push(machine)({ _tag: 'Tuple', items })
      : unfit('TUPLE', `${n} values`, 'fewer')
  }

const marked =
  (use: (machine: Machine, items: Array<Pickled>) => Step): Instruction =>
  (machine) => {
    const items = popMarked(machine)
    return items === null ? unfit('MARK', 'a mark', 'none') : use(machine, items)
  }

const append = (machine: Machine, items: ReadonlyArray<Pickled | undefined>): Step => {
  const list = top(machine)
  if (isA('Placeholder')(list)) return E.right(null)
  if (!isA('List')(list)) return unfit('APPENDS', 'a list', showPickled(list))
  for (const item of items) {
    if (item === undefined) return unfit('APPEND', 'a value', 'nothing')
    list.items.push(item)
  }
  return E.right(null)
}

const setItems = (machine: Machine, items: ReadonlyArray<Pickled | undefined>): Step => {
  const dict = top(machine)
  if (!isA('Dict')(dict) && !isA('Placeholder')(dict)) return unfit('SETITEMS', 'a dict', showPickled(dict))
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i], items[i + 1]]
    if (key === undefined || value === undefined) return unfit('SETITEMS', 'pairs', 'a single value')
    dict.entries.set(key, value)
  }
  return E.right(null)
}

const memoise = (machine: Machine, at: number): Step => {
  const value = top(machine)
  if (value === undefined) return unfit('PUT', 'a value', 'nothing')
  machine.memo.set(at, value)
  return E.right(null)
}

const recall =
  (machine: Machine) =>
  (at: number): Step => {
    const value = machine.memo.get(at)
    return value === undefined ? unfit('GET', `a memoised value under ${at}`, 'nothing') : push(machine)(value)
  }

/** A set or bytes, which state dicts do not contain. */
const opaque = (name: string) => constant(() => placeholder(name))

const bytes =
  (length: (cursor: Cursor) => E.Either<FormatError, number>, name: string): Instruction =>
  (machine, cursor) =>
    pipe(
      length(cursor),
      E.chain((n) => take(n)(cursor)),
      E.chain(() => push(machine)(placeholder(name)))
    )

const named =
  (machine: Machine) =>
  (name: string): Step =>
    push(machine)({ _tag: 'Name', name })

/** Sets an object's attributes. A state dict's own attributes, such as versions of its layers, are not needed. */
const build: Instruction = (machine) => {
  const state = pop(machine)
  const object = top(machine)
  if (state === undefined || object === undefined) return unfit('BUILD', 'attributes and an object', 'fewer values')
  if (isA('Placeholder')(object)) object.state = state
  return E.right(null)
}

/** A class and its constructor's arguments, by position and by name. */
const newObject =
  (n: 1 | 2): Instruction =>
  (machine) => {
    const given = Array.from({ length: n }, () => pop(machine))
    return pipe(called(pop(machine), given.at(-1)), E.chain(push(machine)))
  }

const persistentId: Instruction = (machine) =>
  pipe(
    persistent(pop(machine)),
    E.chain((storage) => {
      if (storage._tag === 'Storage') machine.storages.push(storage)
      return push(machine)(storage)
    })
  )

const reduce: Instruction = (machine) => {
  const args = pop(machine)
  return pipe(called(pop(machine), args), E.chain(push(machine)))
}

const stackedName: Instruction = (machine) => {
  const [name, module] = [pop(machine), pop(machine)]
  return typeof name === 'string' && typeof module === 'string'
    ? named(machine)(`${module}.${name}`)
    : unfit('STACK_GLOBAL', 'a module and a name', `${showPickled(module)} and ${showPickled(name)}`)
}

/** Instructions by the character that encodes them; STOP is handled separately. */
const instructions: ReadonlyMap<string, Instruction> = new Map<string, Instruction>([
  ['\x80', (_, cursor) => uint8(cursor)], // PROTO
  ['\x95', (_, cursor) => uint64(cursor)], // FRAME
  ['N', constant(() => null)],
  ['\x88', constant(() => true)],
  ['\x89', constant(() => false)],
  ['J', literal(int32)],
  ['K', literal(uint8)],
  ['M', literal(uint16)],
  ['\x8a', literal(long)],
  ['\x8b', literal(longerLong)],
  ['G', literal(float64)],
  ['X', literal(text(uint32))],
  ['\x8c', literal(text(uint8))],
  ['\x8d', literal(text(uint64))],
  ['U', literal(byteText(uint8))], // SHORT_BINSTRING, of Python 2
  ['T', literal(byteText(uint32))], // BINSTRING
  ['C', bytes(uint8, 'bytes')],
  ['B', bytes(uint32, 'bytes')],
  ['\x8e', bytes(uint64, 'bytes')],
  ['\x96', bytes(uint64, 'bytearray')],
  ['\x8f', opaque('set')],
  ['\x90', marked((machine, items) => append(machine, items))], // ADDITEMS
  ['\x91', marked((machine) => push(machine)(placeholder('frozenset')))],
  [']', constant(() => ({ _tag: 'List', items: [] }))],
  ['a', (machine) => append(machine, [pop(machine)])],
  ['e', marked(append)],
  [')', constant(() => ({ _tag: 'Tuple', items: [] }))],
  ['\x85', tupleOf(1)],
  ['\x86', tupleOf(2)],
  ['\x87', tupleOf(3)],
  ['t', marked((machine, items) => push(machine)({ _tag: 'Tuple', items }))],
  ['}', constant(() => ({ _tag: 'Dict', entries: new Map() }))],
  ['s', (machine) => setItems(machine, [pop(machine), pop(machine)].toReversed())],
  ['u', marked(setItems)],
  ['(', ({ marks, stack }) => E.right(marks.push(stack.length))],
  [
    'q',
    (machine, cursor) =>
      pipe(
        uint8(cursor),
        E.chain((at) => memoise(machine, at))
      )
  ],
  [
    'r',
    (machine, cursor) =>
      pipe(
        uint32(cursor),
        E.chain((at) => memoise(machine, at))
      )
  ],
  ['\x94', (machine) => memoise(machine, machine.memo.size)],
  ['h', (machine, cursor) => pipe(uint8(cursor), E.chain(recall(machine)))],
  ['j', (machine, cursor) => pipe(uint32(cursor), E.chain(recall(machine)))],
  ['c', (machine, cursor) => pipe(fullName(cursor), E.chain(named(machine)))],
  ['\x93', stackedName],
  ['Q', persistentId],
  ['R', reduce],
  ['\x81', newObject(1)],
  ['\x92', newObject(2)],
  ['0', (machine) => (pop(machine) === undefined ? unfit('POP', 'a value', 'nothing') : E.right(null))],
  ['1', marked(() => E.right(null))], // POP_MARK
  ['2', (machine) => E.chain(push(machine))(present(top(machine)))], // DUP
  ['b', build]
])

const stop = 0x2e

const showCode = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`

/** Reads the pickle at the cursor, which is moved to its end. */
export const unpickle = (cursor: Cursor): E.Either<FormatError, Unpickled> => {
  const machine: Machine = { stack: [], marks: [], memo: new Map(), storages: [] }
  for (;;) {
    const at = cursor.at
    const code = uint8(cursor)
    if (E.isLeft(code)) return code
    if (code.right === stop) {
      const result = pop(machine)
      return result !== undefined && machine.stack.length === 0 && machine.marks.length === 0
        ? E.right({ value: result, storages: machine.storages })
        : E.left(badPickle(cursor.part, 'one value', 'none, or more', 'fetch or write the file again'))
    }
    const instruction = instructions.get(String.fromCharCode(code.right))
    if (instruction === undefined)
      return E.left(
        refusedPickle(
          `${cursor.part}, byte ${at}`,
          'an instruction that makes tensors, dicts or lists',
          showCode(code.right),
          'write the state dict alone: torch.save(model.state_dict(), FILE)'
        )
      )
    const step = instruction(machine, cursor)
    if (E.isLeft(step))
      return E.left({
        ...step.left,
        path: step.left.path === cursor.part ? cursor.part : `${cursor.part}, byte ${at}: ${step.left.path}`
      })
  }
}
