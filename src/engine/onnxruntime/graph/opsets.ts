/** The domain of ONNX Runtime's own operators, such as FusedMatMul. */
export const MICROSOFT = 'com.microsoft'

/** The domain of its internal blocked convolutions. */
export const BLOCKED = 'com.microsoft.nchwc'

/** The operator sets that our graphs use, by domain. */
export const OPSETS = { '': 17, [MICROSOFT]: 1, [BLOCKED]: 1 }
