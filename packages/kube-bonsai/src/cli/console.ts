import { stderr, stdin, stdout } from 'node:process'
import { styleText } from 'node:util'

/** The colours in use: what is well, what is under way, what is wrong, what matters less. */
export type Tone = 'good' | 'busy' | 'bad' | 'dim' | 'bold'

/** Where a command reads and writes. Tests give their own. */
export interface Console {
  out(text: string): void
  err(text: string): void
  /** True when a person watches: colour and live progress are welcome. */
  readonly interactive: boolean
  readonly colour: boolean
  readStdin(): Promise<string>
  /** Resolves when the user asks to stop (Ctrl-C). */
  interrupted(): Promise<void>
}

const styles = { good: 'green', busy: 'yellow', bad: 'red', dim: 'dim', bold: 'bold' } as const

/** Colours text where colours are wanted, and leaves it plain elsewhere. */
export function paint(console: Console, tone: Tone, text: string): string {
  return console.colour ? styleText(styles[tone], text, { validateStream: false }) : text
}

/** The console of this process. Honours NO_COLOR and FORCE_COLOR. */
export function processConsole(): Console {
  const interactive = stdout.isTTY === true && process.env.TERM !== 'dumb'
  const forced = process.env.FORCE_COLOR
  const colour = process.env.NO_COLOR ? false : forced === undefined ? interactive : forced !== '0'
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    interactive,
    colour,
    async readStdin() {
      const parts: Buffer[] = []
      for await (const part of stdin) parts.push(part as Buffer)
      return Buffer.concat(parts).toString('utf8')
    },
    interrupted: () =>
      new Promise((resolve) => {
        process.once('SIGINT', () => resolve())
        process.once('SIGTERM', () => resolve())
      }),
  }
}
