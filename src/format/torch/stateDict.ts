/**
 * Where a state dict lies in what was saved: it is all of it, or under one of the usual words.
 */
import * as E from 'fp-ts/lib/Either.js'
import { badValue, type FormatErrors, isNonEmpty } from '../FormatError.js'
import { isA, type Pickled, type PickledDict, showPickled, type View } from './Pickled.js'

/** Under which a checkpoint keeps its state dict, in the order they are looked for. */
const words: ReadonlyArray<string> = ['state_dict', 'model_state_dict', 'model', 'net', 'module']
/** How many of them may stand within each other. */
const deepest = 3

const inner = ({ entries }: PickledDict): PickledDict | undefined =>
  words.map((word) => entries.get(word)).find(isA('Dict'))

/** The views of a state dict by key. */
export const stateDictIn = (saved: Pickled): E.Either<FormatErrors, ReadonlyMap<string, View>> => {
  let found = saved
  for (let depth = 0; depth < deepest && isA('Dict')(found); depth++) found = inner(found) ?? found
  const entries: ReadonlyArray<readonly [Pickled, Pickled]> = isA('Dict')(found) ? [...found.entries] : []
  if (!entries.some(([, value]) => isA('View')(value)))
    return E.left([
      badValue(
        'state dict',
        `a dict of tensors, alone or under ${words.join(', ')}`,
        showPickled(found),
        'save one: torch.save(model.state_dict(), FILE)'
      )
    ])
  const views = new Map<string, View>()
  const errors = entries.flatMap(([key, value]) => {
    if (typeof key === 'string' && isA('View')(value)) {
      views.set(key, value)
      return []
    }
    return [
      badValue(
        typeof key === 'string' ? key : `key ${showPickled(key)}`,
        'a name and a tensor',
        showPickled(value),
        'take it out of the state dict'
      )
    ]
  })
  return isNonEmpty(errors) ? E.left(errors) : E.right(views)
}
