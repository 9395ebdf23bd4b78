// The page of a server in a real browser: every interaction, accessibility, and no request to anyone else.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { serveHandler, type ServeHandler } from 'graft-vision/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, type Listening } from '../../src/serve/index.js'
import { right, workplace } from '../io/workplace.js'
import { chromiumPath, noChromium, openBrowser } from '../page/browser.js'
import { type Models, tinyModels } from './models.js'

const long = process.env['GRAFT_LONG'] !== undefined
const skipped = chromiumPath === undefined ? noChromium : long ? undefined : 'long: GRAFT_LONG is unset'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where pictures of the page are put, to be looked at; by default, nowhere. */
const pictures = process.env['GRAFT_SCREENSHOTS']

const folder = workplace()
let made: Models
let handler: ServeHandler
let listening: Listening
let browser: Browser

const token = 'a-token'

const serve = async (options: Parameters<typeof serveHandler>[1]): Promise<Listening> => {
  handler = right(await serveHandler(made.models, { workers: 1, threads: 1, ...options })())
  return right(await listen(handler, { host: '127.0.0.1', port: 0, timeout: 10_000 })())
}

beforeAll(async () => {
  if (skipped !== undefined) return
  made = await tinyModels(folder)
  listening = await serve({ token })
  browser = await openBrowser()
})
afterAll(async () => {
  if (skipped !== undefined) return
  await browser.close()
  await listening.stop()
})

interface Visit {
  readonly page: Page
  /** Messages of the console that are errors, and requests that leave the server. */
  readonly faults: ReadonlyArray<string>
}

const visit = async (width = 1100, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> => {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  const faults: Array<string> = []
  page.on('console', (message) => {
    // a browser reports the 401 that makes the page ask for the token
    if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(listening.url)) faults.push(request.url())
  })
  await page.goto(listening.url)
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.getByText('Ready.').waitFor()
  return { page, faults }
}

const seriousFaults = async (page: Page): Promise<unknown> => {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: {
          run: () => Promise<{
            violations: ReadonlyArray<{ id: string; impact: string; nodes: ReadonlyArray<{ html: string }> }>
          }>
        }
      }
    ).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
  })
}

const shoot = async (page: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

const choose = (page: Page, ...files: ReadonlyArray<string>): Promise<void> =>
  page.getByLabel('Drop images here').setInputFiles([...files])

describe('the page of a server', () => {
  it('asks for the token, predicts chosen images, and draws heat maps', { timeout: 60_000 }, async ({ skip }) => {
    skip(skipped !== undefined, skipped)
    const { page, faults } = await visit()
    await choose(page, made.picture(0), made.picture(1))
    await page.locator('article').nth(1).waitFor()
    expect(await page.getByRole('status').textContent()).toMatch(/^1\.png: [ab], \d+\.\d %$/)
    const first = page.locator('article').first()
    await first.getByRole('button', { name: 'Heat map of b' }).click()
    await first.getByAltText('what b depends on').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await shoot(page, 'serve-light')
    await page.getByRole('button', { name: 'Clear' }).click()
    expect(await page.locator('article').count()).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  it('shows what models of other tasks answer, and errors', { timeout: 60_000 }, async ({ skip }) => {
    skip(skipped !== undefined, skipped)
    const { page, faults } = await visit(1100, 'dark')
    for (const model of ['tags', 'ages', 'eyes', 'streets', 'light']) {
      await page.getByLabel('Model').first().selectOption(model)
      await choose(page, made.picture(2))
      await page.getByText(new RegExp(`^2\\.png: `)).waitFor()
      await page.getByRole('button', { name: 'Clear' }).hover()
    }
    expect(await page.locator('article').count()).toBe(5)
    expect(await page.getByText('Share of the pixels').count()).toBe(1)
    expect(await page.getByLabel('the image with its points').count()).toBe(1)
    await choose(page, join(folder, 'labels.csv'))
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('expected an image')
    expect(await seriousFaults(page)).toEqual([])
    await shoot(page, 'serve-dark')
    expect(faults.filter((text) => !text.includes('415'))).toEqual([])
    await page.close()
  })

  it(
    'takes pictures with the camera, and accepts dropped images, on a narrow screen',
    { timeout: 60_000 },
    async ({ skip }) => {
      skip(skipped !== undefined, skipped)
      const { page, faults } = await visit(380)
      await page.getByRole('button', { name: 'Use the camera' }).click()
      await expect.poll(() => page.evaluate("document.querySelector('video').videoWidth")).toBeGreaterThan(0)
      await page.getByRole('button', { name: 'Take a picture' }).click()
      await page.locator('article').waitFor()
      await page.getByRole('button', { name: 'Stop the camera' }).click()
      expect(await page.locator('video').isVisible()).toBe(false)

      const data = readFileSync(made.picture(3)).toString('base64')
      const transfer = await page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob('${data}'), (c) => c.charCodeAt(0))
      const dropped = new DataTransfer()
      dropped.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }))
      return dropped
    })()`)
      await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer })
      await page.getByText(/^dropped\.png: [ab]/).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(await seriousFaults(page)).toEqual([])
      await shoot(page, 'serve-narrow')
      expect(faults).toEqual([])
      await page.close()
    }
  )
})
