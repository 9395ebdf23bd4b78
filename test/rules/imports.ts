// Holds one import against the table of rooms.
import { everyones, rooms, sideDoors } from './rooms.js'

/** One import: a file, what it names, and where that leads. */
export interface Import {
  readonly from: string
  readonly names: string
  /** A file of the repository, or what is named when it lies outside. */
  readonly to: string
  readonly typeOnly: boolean
  readonly lazy: boolean
}

/** The room a file lies in: the longest one whose folder holds it. */
export const roomOf = (file: string): string => {
  if (file.startsWith('laws/')) return 'laws'
  const path = file.replace(/^src\//, '').replace(/\.ts$/, '')
  const folders = Object.keys(rooms).filter((room) => path === room || path.startsWith(`${room}/`))
  return folders.sort((a, b) => b.length - a.length)[0] ?? path
}

const isOurs = (to: string): boolean => to.startsWith('src/') || to.startsWith('laws/')

/** Undefined, or what is wrong with the import in a sentence. */
export const complaint = (edge: Import): string | undefined => {
  const name = roomOf(edge.from)
  const room = rooms[name]
  const says = (what: string): string => `${edge.from}: ${what} (it imports ${edge.names})`
  if (room === undefined) return says(`${name} is no room; name it in test/rules/rooms.ts`)
  const allows = (patterns: readonly RegExp[] | undefined): boolean =>
    patterns?.some((pattern) => pattern.test(edge.names)) ?? false

  if (!isOurs(edge.to)) {
    if (allows(room.packages)) return undefined
    if (edge.typeOnly && allows(room.typePackages)) return undefined
    if (allows(room.lazyPackages)) return edge.lazy ? undefined : says('this package is loaded by import() only')
    return says(`${name} may not import this package`)
  }

  const target = roomOf(edge.to)
  if (target === name || everyones.includes(target)) return undefined
  const door = sideDoors[edge.to] ?? target
  const open = (names: readonly string[] | undefined): boolean =>
    (names?.includes(door) ?? false) || (names?.includes(target) ?? false)
  if (!open(room.rooms) && !(edge.typeOnly && open(room.types))) return says(`${name} may not import ${target}`)
  const isDoor = edge.to in sideDoors || edge.to === `src/${target}.ts` || edge.to.endsWith(`${target}/index.ts`)
  return isDoor ? undefined : says(`${target} is entered through its index.ts`)
}
