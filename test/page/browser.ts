/** A headless Chromium for tests of pages, if there is one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser that `CHROMIUM` names, or the system's; undefined: none. */
export const chromiumPath: string | undefined = [process.env['CHROMIUM'] ?? '', ...places].find(
  (path) => path !== '' && existsSync(path)
)

/** What a test without one says. */
export const noChromium = 'no Chromium: install it (apt-get install chromium), or name one in CHROMIUM'

/** A browser that asks nobody for anything, with a camera that shows a test picture. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream'],
      '--use-fake-device-for-media-stream'
    ]
  })
