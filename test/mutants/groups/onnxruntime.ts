import { engineLaws } from '../../../laws/engine.js'
import { acquired } from './acquired.js'

export const onnxruntimeLaws = async () => {
  const [onnxruntime] = await acquired('onnxruntime')
  return engineLaws(onnxruntime!)
}
