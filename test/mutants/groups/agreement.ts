import * as L from '../../../laws/engine.js'
import { acquired } from './acquired.js'

export const agreementLaws = async () => {
  const [onnxruntime, cpu] = await acquired('onnxruntime', 'cpu')
  return L.agreementLaws(onnxruntime!, cpu!)
}
