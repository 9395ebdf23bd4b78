// The documentation's table of metrics is that of their records.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type MetricOption, metricRecords } from '../../src/interpret/index.js'

const page = readFileSync(new URL('../../docs/interpretation.md', import.meta.url), 'utf8').replaceAll(/ {2,}/g, ' ')

const optionText = ([name, option]: readonly [string, MetricOption]): string => {
  const values = option._tag === 'OneOf' ? ` (${option.values.join(', ')})` : ''
  return option.default === null
    ? `\`${name}\``
    : `\`${name} = ${JSON.stringify(option.default).replaceAll('"', "'")}\`${values}`
}

const rowOf = ({ word, targets, measures, options }: (typeof metricRecords)[keyof typeof metricRecords]): string => {
  const all: ReadonlyArray<readonly [string, MetricOption]> = Object.entries(options)
  return `| \`${word}\` | ${targets} | ${all.map(optionText).join(', ') || 'none'} | ${measures} |`
}

describe('the documentation of metrics', () => {
  it('has a row for each record, with its targets and its options', () => {
    const table = /\n\| metric [^]*?\n\| -+ \| -+ \| -+ \| -+ \|\n([^]*?)\n\n/.exec(page)?.[1]?.split('\n')
    expect(table).toEqual(Object.values(metricRecords).map(rowOf))
  })

  it('keeps each record under the name of its constructor', () => {
    expect(Object.values(metricRecords).map(({ word }) => word)).toEqual(Object.keys(metricRecords))
  })
})
