/**
 * The Python names that pickles of tensors use, and what calling each returns. A call of any other name returns a
 * placeholder; nothing in Python is looked up or run.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Dtype } from '../dtype.js'
import { badPickle, type FormatError } from '../../FormatError.js'
import { isA, type Pickled, type PickledTuple, type Placeholder, showPickled, type Storage } from './Pickled.js'

type Made = E.Either<FormatError, Pickled>

/** An object of an unknown class. */
export const placeholder = (name: string): Placeholder => ({
  _tag: 'Placeholder',
  name: JSON.stringify(name.slice(0, 100)).slice(1, -1),
  entries: new Map(),
  state: null
})

/** torch's limit of dimensions. */
const mostSides = 64

const unfit = (name: string, expected: string, found: Pickled | undefined): Made =>
  E.left(badPickle(name, expected, showPickled(found), 'save the state dict again'))

const isSize = (value: Pickled | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const sizes = (value: Pickled | undefined): ReadonlyArray<number> | null =>
  isA('Tuple')(value) && value.items.length <= mostSides && value.items.every(isSize) ? value.items : null

/** Arguments: storage, offset, shape, strides; the others (requires_grad, hooks) are ignored. */
const rebuiltTensor =
  (name: string) =>
  ([storage, offset, shape, strides]: ReadonlyArray<Pickled>): Made => {
    // a storage of complex or quantised numbers
    if (isA('Placeholder')(storage)) return E.right(placeholder(storage.name))
    const [sides, steps] = [sizes(shape), sizes(strides)]
    if (!isA('Storage')(storage)) return unfit(name, 'a storage', storage)
    if (!isSize(offset)) return unfit(name, 'an offset', offset)
    if (sides === null) return unfit(name, `a shape of at most ${mostSides} sides`, shape)
    if (steps?.length !== sides.length) return unfit(name, 'a stride for each side', strides)
    return E.right({ _tag: 'View', storage, offset, shape: sides, strides: steps })
  }

/** Numbers of a type without a storage class, such as 8-bit floats: like version 2, and the type after the hooks. */
const rebuiltTyped = ([, , , , , , type]: ReadonlyArray<Pickled>): Made =>
  E.right(placeholder(isA('Name')(type) ? type.name : 'torch._utils._rebuild_tensor_v3'))

const isTensor = (value: Pickled | undefined): value is Pickled => isA('View')(value) || isA('Placeholder')(value)

const rebuiltParameter = ([data]: ReadonlyArray<Pickled>): Made =>
  isTensor(data) ? E.right(data) : unfit('torch._utils._rebuild_parameter', 'a tensor', data)

/** A tensor of a subclass: the function that makes the tensor, the class, the function's arguments. */
const rebuiltFromType = ([make, , args]: ReadonlyArray<Pickled>): Made => called(make, args)

/** An empty dict, whatever its factory. */
const defaultDict = (): Made => E.right({ _tag: 'Dict', entries: new Map() })

/** Objects made in Python's general ways: the class, then its constructor's arguments. */
const object = ([type]: ReadonlyArray<Pickled>): Made =>
  E.right(placeholder(isA('Name')(type) ? type.name : showPickled(type)))

/** Empty, or from a list of pairs, as Python 2 writes it. */
const orderedDict = ([pairs]: ReadonlyArray<Pickled>): Made => {
  const entries = new Map<Pickled, Pickled>()
  if (pairs === undefined) return E.right({ _tag: 'Dict', entries })
  const name = 'collections.OrderedDict'
  if (!isA('List')(pairs)) return unfit(name, 'a list of pairs', pairs)
  for (const pair of pairs.items) {
    if (!(isA('List')(pair) || isA('Tuple')(pair)) || pair.items.length !== 2) return unfit(name, 'a pair', pair)
    entries.set(pair.items[0]!, pair.items[1]!)
  }
  return E.right({ _tag: 'Dict', entries })
}

const calls: ReadonlyMap<string, (args: ReadonlyArray<Pickled>) => Made> = new Map([
  ['collections.OrderedDict', orderedDict],
  ['collections.defaultdict', defaultDict],
  ['copyreg.__newobj__', object],
  ['copy_reg.__newobj__', object],
  ['copyreg._reconstructor', object],
  ['copy_reg._reconstructor', object],
  ['torch._utils._rebuild_tensor', rebuiltTensor('torch._utils._rebuild_tensor')],
  ['torch._utils._rebuild_tensor_v2', rebuiltTensor('torch._utils._rebuild_tensor_v2')],
  ['torch._utils._rebuild_tensor_v3', rebuiltTyped],
  ['torch._utils._rebuild_parameter', rebuiltParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuiltParameter],
  ['torch._tensor._rebuild_from_type_v2', rebuiltFromType]
])

/** torch's storage classes, except those of complex and quantised numbers, which become placeholders. */
const storages: ReadonlyMap<string, Dtype> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL']
])

/** The result of a call: by name if it is known, otherwise a placeholder. */
export const called = (what: Pickled | undefined, args: Pickled | undefined): Made => {
  if (isA('Placeholder')(what)) return E.right(placeholder(what.name))
  if (!isA('Name')(what) || storages.has(what.name)) return unfit('REDUCE', 'something that can be called', what)
  const call = calls.get(what.name)
  if (call === undefined) return E.right(placeholder(what.name))
  return isA('Tuple')(args) ? call(args.items) : unfit('REDUCE', 'a tuple of arguments', args)
}

/** `('storage', class, key, device, count)`, and in the older format a part of it: `(key, start, length)` or `None`. */
export const persistent = (id: Pickled | undefined): E.Either<FormatError, Storage | Placeholder> => {
  const items: PickledTuple['items'] = isA('Tuple')(id) ? id.items : []
  const [word, type, key, , count, part = null] = items
  const dtype = isA('Name')(type) ? storages.get(type.name) : undefined
  const [, start = 0, length = count] = isA('Tuple')(part) ? part.items : []
  if (word === 'storage' && isA('Name')(type) && dtype === undefined) return E.right(placeholder(type.name))
  return word === 'storage' &&
    dtype !== undefined &&
    typeof key === 'string' &&
    isSize(count) &&
    (part === null || isA('Tuple')(part)) &&
    isSize(start) &&
    isSize(length) &&
    start + length <= count
    ? E.right({ _tag: 'Storage', dtype, key, count, start, length })
    : E.left(
        badPickle(
          'a persistent id',
          'a storage: its class, key, device and count',
          dtype === undefined && word === 'storage' ? showPickled(type) : showPickled(id),
          'save the state dict again'
        )
      )
}
