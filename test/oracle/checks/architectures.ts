/** The architectures of the records, by the names that these use. */
import { catalogue, darknet } from '../../../src/arch/index.js'
import { type Arch } from '../../../src/model/index.js'

/** `Darknet([1,2,4], 10, nf=16)`: a class of the reference with its arguments. */
const darknetCall = /^Darknet\(\[([\d, ]*)\], *(\d+)(?:, *nf=(\d+))?\)/

/** What comes after the first space is no part of a name. */
export const architecture = (text: string): Arch | null => {
  const call = darknetCall.exec(text)
  if (call === null) return catalogue.find((a) => a.name === text.split(' ')[0]) ?? null
  const [whole, blocks, classes, nf] = call
  return darknet(whole, blocks!.split(',').map(Number), Number(classes), nf === undefined ? {} : { nf: Number(nf) })
}
