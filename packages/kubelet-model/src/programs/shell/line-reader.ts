import { parsePart } from './parser.ts'
import { type Input, readLine, textFrom } from './streams.ts'
import type { Script } from './syntax.ts'
import type { Task } from './task.ts'

const lettersPerStep = 500

/** Reads scripts from an input, as much at a time as makes whole commands: what they read themselves comes behind them. */
export class LineReader {
  readonly #input: Input
  readonly #task: Task

  constructor(input: Input, task: Task) {
    this.#input = input
    this.#task = task
  }

  /** The next commands, or undefined at the end. Throws a ShellSyntaxError for what cannot be read. `more` is called before every further line. */
  async next(more: () => Promise<void> | void): Promise<Script | undefined> {
    let source = ''
    for (let first = true; ; first = false) {
      await more()
      const line = await readLine(this.#input)
      if (line === undefined) return first ? undefined : parsePart(source, true)
      source += `${textFrom(line.line)}\n`
      await this.#task.step(1 + source.length / lettersPerStep)
      const script = parsePart(source, false)
      if (script) return script
    }
  }
}
