import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import * as graft from 'graft-vision'
import { describe, expect, it } from 'vitest'
import { hintInFlags } from '../../src/cli/output/inFlags.js'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** Rooms whose hints a command shows for what was typed, or for a model as JSON. */
const rooms = ['data', 'io', 'learn', 'recipe', 'plan', 'model']

const templateText = ({ head, templateSpans }: ts.TemplateExpression): string =>
  [head.text, ...templateSpans.map(({ literal }) => `N${literal.text}`)].join('')

/** The strings in a source file that call a public function: hints. */
const hintsIn = (file: string): ReadonlyArray<string> => {
  const strings = (node: ts.Node): ReadonlyArray<string> => [
    ...(ts.isStringLiteralLike(node) ? [node.text] : []),
    ...(ts.isTemplateExpression(node) && templateText(node).includes(' ') ? [templateText(node)] : []),
    ...node.getChildren().flatMap(strings)
  ]
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return strings(source).filter((text) => callsIn(text).length > 0 && !isPlace(text))
}

const callsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\b([a-z]\w*)\(/g)].flatMap(([, name]) => (Object.hasOwn(graft, name!) ? [name!] : []))

/** Their errors are about values of a program, which a command does not have. */
const ofPrograms = ['optionShapes.ts', 'specShape.ts', 'planShapes.ts']

/** A call that says where an error is, or the beginning of one, to which a hint adds its options. */
const isPlace = (text: string): boolean => /^(\w+: )?\w+\([^)]*\)?$/.test(text)

const hints = rooms.flatMap((room) =>
  readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !ofPrograms.some((name) => file.endsWith(name)))
    .flatMap((file) => hintsIn(join(src, room, file)))
)

describe('hintInFlags', () => {
  it.each([
    ['set a size: withSize(224)', 'set a size: --size 224'],
    ["or turn them upright: withOrientation('apply')", 'or turn them upright: --orientation apply'],
    [
      'set the sample values of black and white: withRange([0, 4095])',
      'set the sample values of black and white: --range 0,4095'
    ],
    ['use holdoutByPct(0.2)', 'use --valid-pct 0.2'],
    ['holdoutByPct(0.1, 42)', '--valid-pct 0.1'],
    ['use withTransforms(getTransforms())', 'use --augment fastai'],
    ['pass the statistics: normalise(imagenetStats)', 'pass the statistics: --normalise imagenet'],
    [
      'pass the separator of labels: imageCsv(path, { labelDelim })',
      'pass the separator of labels: --label-delim TEXT'
    ],
    ['or leave the class out: imageFolder(path, { classes })', 'or leave the class out: --classes A,B'],
    ['name the classes, fromNameRe(path, pattern, { classes })', 'name the classes, --classes A,B'],
    [
      'map its colours: imageMasks(path, { colours })',
      'map its colours: "colours" of imageMasks in a data description (JSON)'
    ],
    [
      "say which: imageMasks(path, { values: { 0: 'bg', -1: 'a, b', 255: \"cell's\" } })",
      'say which: "values": { "0": "bg", "-1": "a, b", "255": "cell\'s" } of imageMasks in a data description (JSON)'
    ],
    [
      "say which: imageMasks(path, { colours: { '#000000': '...', '0 0 0': null } })",
      'say which: "colours": { "#000000": "...", "0 0 0": null } of imageMasks in a data description (JSON)'
    ],
    [
      'or list them in a table and open that: imageCsv(path)',
      'or list them in a table and open that: FILE.csv as DATA'
    ],
    [
      "if it has the labels, open it: imageCsv('my photos', { csv: 'labels.csv' })",
      'if it has the labels, open it: my photos/labels.csv as DATA'
    ],
    ["say what divides them: imageCsv(path, { labelDelim: '|' })", "say what divides them: --label-delim '|'"],
    ["say what divides them: imageCsv(path, { labelDelim: ',' })", 'say what divides them: --label-delim ,'],
    ["choose one: withWeights('net.pth#ema')", 'choose one: --weights net.pth#ema'],
    ['or name a file: withWeights(file)', 'or name a file: --weights FILE'],
    ['name a file (--weights FILE; withWeights(file))', 'name a file (--weights FILE)'],
    ['keep the last batch: withDropLast(false)', 'keep the last batch: "dropLast": false in a data description (JSON)'],
    ['or batchNormUnderFreeze("inference")', 'or --batch-norm inference'],
    [
      "say where to cut: cutAt('pool'), cutBy(label, f) or uncut",
      'say where to cut, in the architecture or in the model as JSON (--model FILE): "cut": "pool" or "cut": "none"'
    ],
    ["use cutAt('pool') or a count", 'use "cut": "pool" or a count'],
    ['use cutAt(-1)', 'use "cut": -1'],
    [
      'use starts that the cut keeps, such as splitOn(["head"]); summary() lists the paths',
      'use starts that the cut keeps, such as "split": ["head"] in the model as JSON (--model FILE); graft summary lists the paths'
    ],
    ["say so: imageCsv(path, { labels: 'points' })", 'say so: --points'],
    ['take the path from summary(plan)', 'take the path from graft summary'],
    ['lower the learning rate (e.g. 1e-4)', 'lower the learning rate (e.g. 1e-4)']
  ])('turns "%s" into "%s"', (hint, typed) => {
    expect(hintInFlags(hint)).toBe(typed)
  })

  it('leaves no call of a public function in any hint that a command shows', () => {
    expect(hints.length).toBeGreaterThan(10)
    expect(hints.flatMap((hint) => callsIn(hintInFlags(hint)).map((name) => `${name}: ${hint}`))).toEqual([])
  })
})
