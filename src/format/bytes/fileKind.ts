/**
 * Recognises files that contain no weights by their first bytes, so that an error can name the kind and say what to do.
 */
import { type FormatError, notWeights } from '../FormatError.js'

interface Kind {
  readonly what: string
  readonly hint: string
}

const again = 'fetch the file again, and check the address'
const unpack = 'unpack it, and pass the file of weights in it'
const asTorch = 'write its state dict with torch.save(model.state_dict(), FILE), or with safetensors'
const fromKeras = 'write its weights as safetensors, in PyTorch layout and with the names of the architecture'

/** Kinds of files by their first bytes, as latin-1. */
const starts: ReadonlyArray<readonly [start: string, Kind]> = [
  ['\x1f\x8b', { what: 'a gzip archive', hint: unpack }],
  ['BZh', { what: 'a bzip2 archive', hint: unpack }],
  ['\xfd7zXZ', { what: 'an xz archive', hint: unpack }],
  ['\x28\xb5\x2f\xfd', { what: 'a Zstandard archive', hint: unpack }],
  ['7z\xbc\xaf', { what: 'a 7z archive', hint: unpack }],
  ['Rar!', { what: 'a RAR archive', hint: unpack }],
  ['\x89HDF', { what: 'an HDF5 file, as Keras writes (.h5)', hint: fromKeras }],
  ['\x93NUMPY', { what: 'a NumPy array (.npy)', hint: asTorch }],
  ['GGUF', { what: 'a GGUF file (llama.cpp)', hint: 'pass weights of an image network' }],
  ['%PDF', { what: 'a PDF document', hint: again }],
  ['\x89PNG', { what: 'a PNG image', hint: again }],
  ['\xff\xd8\xff', { what: 'a JPEG image', hint: again }],
  ['GIF8', { what: 'a GIF image', hint: again }],
  ['RIFF', { what: 'a RIFF file (WebP, WAV)', hint: again }],
  [
    'version https://git-lfs',
    { what: 'a Git LFS pointer, not the file that it points to', hint: 'run git lfs pull, or download the file itself' }
  ]
]

/** Kinds of files by a pattern at their beginning. */
const patterns: ReadonlyArray<readonly [pattern: RegExp, Kind]> = [
  [
    /^\s*(<!doctype\s+html|<html|<head|<body)/i,
    { what: 'an HTML page, such as an error or a login page', hint: again }
  ],
  [/^\s*<\?xml|^\s*<[a-z][\w:-]*[\s>]/i, { what: 'an XML document', hint: again }],
  [/^....TFL3/s, { what: 'a TensorFlow Lite model', hint: fromKeras }],
  [/^.{257}ustar/s, { what: 'a tar archive', hint: unpack }],
  [
    // saved_model_schema_version = 1, then a graph that is longer than 127 bytes
    /^\x08\x01\x12[\x80-\xff]/,
    { what: 'a TensorFlow SavedModel', hint: fromKeras }
  ],
  [
    // ir_version, then a producer, a version, a domain or a graph
    /^\x08[\x03-\x14][\x12\x1a\x22\x28\x32\x3a\x42]/,
    { what: 'an ONNX model', hint: 'pass the state dict that it was exported from' }
  ],
  [
    // a dict, a list, a class or a call of protocol 0 or 1, which has no mark of its own
    /^(\(?[dl](p\d+)?\n|[}\]]q|\(dp?\d*\n|\(lp?\d*\n|c[a-z_][\w.]*\n\w+\n)/,
    {
      what: 'a pickle of protocol 0 or 1, which torch.save does not write',
      hint: "write it with torch.save, in Python: torch.save(pickle.load(open(FILE, 'rb')), NEW)"
    }
  ],
  [/^\s*[{[]/, { what: 'a text in JSON', hint: 'pass the file of weights that it describes' }],
  [/^[\t\n\r\x20-\x7e]+$/, { what: 'a text', hint: again }],
  [/^\0+$/, { what: 'only zeros, as after an interrupted download', hint: 'fetch the file again' }]
]

/** Kinds of zip by the name of a part. */
const zips: ReadonlyArray<readonly [part: RegExp, Kind]> = [
  // it contains files of weights, too
  [/archive_format$|serialized_exported_program/, { what: 'a program of torch.export (.pt2)', hint: asTorch }],
  [/^config\.json$|\.weights\.h5$/, { what: 'a Keras model (.keras)', hint: fromKeras }],
  [/\.npy$/, { what: 'NumPy arrays (.npz)', hint: asTorch }],
  [/\.onnx$/, { what: 'a zip with an ONNX model', hint: 'pass the state dict that it was exported from' }],
  [/^saved_model\.pb$|\/saved_model\.pb$/, { what: 'a zip with a TensorFlow SavedModel', hint: fromKeras }],
  [/\.(safetensors|pth?|ckpt|th|bin)(\.tar)?$/, { what: 'a zip with a file of weights', hint: unpack }]
]

const longest = 512
const latin1 = /*#__PURE__*/ new TextDecoder('latin1')

const notThese = ({ what, hint }: Kind): FormatError =>
  notWeights('the file', 'weights: a safetensors file, or one written by torch.save', what, hint)

/** The kind of a file that is known not to contain weights; otherwise null. */
export const otherKind = (bytes: Uint8Array): FormatError | null => {
  if (bytes.length === 0) return notThese({ what: 'an empty file', hint: 'fetch or write it again' })
  const beginning = latin1.decode(bytes.subarray(0, longest)).replace(/^\u00ef\u00bb\u00bf/, '')
  const kind =
    starts.find(([start]) => beginning.startsWith(start))?.[1] ??
    patterns.find(([pattern]) => pattern.test(beginning))?.[1]
  return kind === undefined ? null : notThese(kind)
}

/** The kind of a zip that torch did not write, by the names of its parts. */
export const otherZip = (names: Iterable<string>): FormatError => {
  const all = [...names]
  const kind = zips.find(([part]) => all.some((name) => part.test(name)))?.[1]
  return notThese(kind ?? { what: `a zip of ${all.length} parts without data.pkl`, hint: unpack })
}
